using System.Net;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Certificates that grow in the field until somebody on the way will not have them.</summary>
public sealed class LargeCertificateTests(ProxyInstallations proxies)
{
    // Most certificates have 1 to 2 KB.
    private const int Usual = 8 * 1024;

    [Theory]
    [MemberData(nameof(ProxyInstallations.Names), MemberType = typeof(ProxyInstallations))]
    public async Task Large_ThatFits_ComesIn(string name)
    {
        var proxy = await proxies.GetAsync(name);
        using var large = TestCertificates.Large("large", 20, Usual);

        (await proxy.SendAsync(large, proxy.Api.Issuer.BoundTo(large), HttpVersion.Version11)).AssertIn();
    }

    // As long as certificates with post-quantum keys are. The limit is Kestrel's.
    [Theory]
    [InlineData("nginx")]
    [InlineData("Apache")]
    [InlineData("YARP")]
    public async Task Large_ThatKestrelTakes_ComesIn(string name)
    {
        var proxy = await proxies.GetAsync(name);
        using var large = TestCertificates.Large("large", 20, 12_000);

        (await proxy.SendAsync(large, proxy.Api.Issuer.BoundTo(large), HttpVersion.Version11)).AssertIn();
    }

    // Longer than all headers of a request may be (Kestrel: 32 KB).
    [Theory]
    [InlineData("nginx", 40_000, 431)]
    // What does not fit its buffer (16 KB), HAProxy leaves out: no certificate.
    [InlineData("HAProxy", 13_000, 401)]
    [InlineData("HAProxy", 40_000, 401)]
    [InlineData("Apache", 40_000, 431)]
    [InlineData("YARP", 40_000, 431)]
    public async Task Large_ThatDoesNotFit_IsRejected(string name, int size, int status)
    {
        var proxy = await proxies.GetAsync(name);
        using var large = TestCertificates.Large("large", 1, size);

        (await proxy.SendAsync(large, proxy.Api.Issuer.BoundTo(large), HttpVersion.Version11)).AssertRejected(status);
    }

    // A proxy that fails to write its own field must not leave the client's.
    [Theory]
    [MemberData(nameof(ProxyInstallations.Names), MemberType = typeof(ProxyInstallations))]
    public async Task Large_BesideAForgedField_LetsNobodyIn(string name)
    {
        var proxy = await proxies.GetAsync(name);
        var stolen = proxy.Api.Issuer.BoundTo(proxy.Api.A);
        for (var size = 9_000; size <= 14_000; size += 500)
        {
            using var large = TestCertificates.Large("large", 1, size);

            var answer = await proxy.SendRawAsync(large, stolen, proxy.Forged(proxy.Api.A));

            // A connection that is reset has no status.
            Assert.NotEqual(200, answer.Status);
            answer.AssertRejected(answer.Status);
        }
    }

    // The same with a small certificate and other fields that fill the proxy's buffer.
    [Theory]
    [MemberData(nameof(ProxyInstallations.Names), MemberType = typeof(ProxyInstallations))]
    public async Task ManyFields_BesideAForgedField_LetNobodyIn(string name)
    {
        var proxy = await proxies.GetAsync(name);
        var stolen = proxy.Api.Issuer.BoundTo(proxy.Api.A);
        for (var size = 12_000; size <= 16_500; size += 250)
        {
            var filler = Enumerable.Range(0, 5).Select(i => $"X-Filler-{i}: {new string('x', size / 5)}");

            var answer = await proxy.SendRawAsync(proxy.Api.B, stolen, [proxy.Forged(proxy.Api.A), .. filler]);

            // A connection that is reset has no status.
            Assert.NotEqual(200, answer.Status);
            answer.AssertRejected(answer.Status);
        }
    }
}
