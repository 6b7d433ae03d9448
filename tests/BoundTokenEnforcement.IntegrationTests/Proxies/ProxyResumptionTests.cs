using System.Net;
using System.Security.Authentication;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Sessions that the proxies resume (D29, RFC 9440 §3.3).</summary>
[Requirement("D29")]
public sealed class ProxyResumptionTests(ProxyInstallations proxies)
{
    private const int Attempts = 6;

    public static TheoryData<string, SslProtocols> Ways => new(
        from program in ProxyProgram.All
        from protocol in new[] { SslProtocols.Tls12, SslProtocols.Tls13 }
        select (program.Name, protocol));

    [Theory]
    [MemberData(nameof(Ways))]
    [Requirement("R9440-3.3-1")]
    public async Task Resumed_WithTheCertificate_StillHasIt(string name, SslProtocols protocol)
    {
        var proxy = await proxies.GetAsync(name);
        var tls = Unique(protocol) with { Certificate = proxy.Api.A };
        await OnceAsync(proxy, tls, null);

        Assert.EndsWith(
            TestCertificates.Thumbprint(proxy.Api.A), (await ResumedAsync(proxy, tls, proxy.Api.Issuer.BoundTo(proxy.Api.A))).AssertIn().Body, StringComparison.Ordinal);
        (await ResumedAsync(proxy, tls, proxy.Api.Issuer.BoundTo(proxy.Api.B))).AssertRefused();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    [Requirement("R9440-3.3-1")]
    public async Task Resumed_WithoutCertificate_IsRefused(string name, SslProtocols protocol)
    {
        var proxy = await proxies.GetAsync(name);
        var tls = Unique(protocol);
        await OnceAsync(proxy, tls, null);

        (await ResumedAsync(proxy, tls, proxy.Api.Issuer.BoundTo(proxy.Api.A))).AssertRefused();
        (await ResumedAsync(proxy, tls, proxy.Api.Issuer.BoundTo(proxy.Api.A), (proxy.Program.Header, ForwardedText.Of(proxy.Program.Format, proxy.Api.A)))).AssertRefused();
    }

    private static TlsClientOptions Unique(SslProtocols protocol) => new() { Protocols = protocol, TargetHost = $"{Guid.NewGuid():N}.test" };

    // A session is not resumed after its connection was torn down in a certain moment; the next one is.
    private static async Task<GuardedAnswer> ResumedAsync(GuardedProxy proxy, TlsClientOptions tls, string token, params (string, string)[] fields)
    {
        for (var i = 0; i < Attempts; i++)
        {
            var (answer, resumed) = await OnceAsync(proxy, tls, token, fields);
            if (resumed)
            {
                return answer;
            }
        }

        throw new InvalidOperationException($"{proxy.Program.Name} resumed no session in {Attempts} connections.");
    }

    private static async Task<(GuardedAnswer Answer, bool Resumed)> OnceAsync(GuardedProxy proxy, TlsClientOptions tls, string? token, params (string, string)[] fields)
    {
        var tap = new HandshakeTap();
        var answer = await proxy.SendAsync(tls with { Transport = tap.Attach }, token, HttpVersion.Version11, fields);
        Assert.Equal(1, tap.Count);
        return (answer, tap.AllResumed);
    }
}
