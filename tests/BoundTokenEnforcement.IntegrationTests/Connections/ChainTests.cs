using System.Security.Authentication;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>AC-006 rests on extra certificates that really arrive. The rows themselves are in <see cref="HostileBindings"/>.</summary>
[Requirement("AC-006")]
public sealed class ChainTests
{
    [Fact]
    public async Task ExtraCertificate_InTheHandshake_IsSentAndProvesNothing()
    {
        await using var api = await GuardedApi.StartAsync();
        using var authority = new TestCertificateAuthority();
        using var leaf = authority.IssueClient("leaf");
        using var child = TestCertificates.ChildOf(leaf);
        var tap = new HandshakeTap();
        // TLS 1.2 sends certificates in the clear.
        using var client = api.Client(new TlsClientOptions
        {
            Certificate = child,
            ExtraCertificates = [leaf, authority.Certificate],
            Protocols = SslProtocols.Tls12,
            AllowTlsResume = false,
            Transport = tap.Attach,
        });

        (await api.SendAsync(client, api.Issuer.BoundTo(leaf))).AssertRefused();
        (await api.SendAsync(client, api.Issuer.BoundTo(child))).AssertIn();

        Assert.True(Assert.Single(tap.Sent).AsSpan().IndexOf(leaf.RawData) >= 0);
    }

    // The platform refuses such a chain in TLS 1.3, and lets it through to us in TLS 1.2.
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task ExtraCertificate_OfAForgedIssuer_LetsNobodyIn(SslProtocols protocol)
    {
        await using var api = await GuardedApi.StartAsync();
        using var authority = new TestCertificateAuthority();
        using var leaf = authority.IssueClient("leaf");
        using var forged = TestCertificates.ForgedChildOf(leaf);
        using var client = api.Client(new TlsClientOptions
        {
            Certificate = forged,
            ExtraCertificates = [leaf, authority.Certificate],
            Protocols = protocol,
            AllowTlsResume = false,
        });

        try
        {
            (await api.SendAsync(client, api.Issuer.BoundTo(leaf))).AssertRefused();
        }
        catch (HttpRequestException)
        {
            // No handshake, no request.
        }

        Assert.Equal(0, api.Entered);
        (await api.SendAsync(leaf, api.Issuer.BoundTo(leaf))).AssertIn();
    }
}
