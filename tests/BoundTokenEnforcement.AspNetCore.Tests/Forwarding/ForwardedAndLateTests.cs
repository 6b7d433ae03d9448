using System.Text;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>A reload may exchange the source of certificates while a request runs. The one with which it began counts.</summary>
public sealed class ForwardedAndLateTests
{
    private static readonly Confirmation Bound = Confirmation.Read(
        Encoding.UTF8.GetBytes($$$"""{"cnf":{"x5t#S256":"{{{CertificateThumbprint.Of(Api.A)}}}"}}"""));

    // The connection's certificate is the proxy's.
    [Fact]
    public void Late_AfterNoneWasForwarded_IsNotAskedFor() => Assert.False(DelayedClientCertificate.MayNegotiate(ClientCertificateState.NoneForwarded, Bound));

    [Fact]
    public void Late_AfterTheConnectionPresentedNone_IsAskedFor() => Assert.True(DelayedClientCertificate.MayNegotiate(ClientCertificateState.None, Bound));
}
