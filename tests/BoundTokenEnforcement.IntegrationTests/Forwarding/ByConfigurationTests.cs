using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.IntegrationTests.Forwarding;

/// <summary>A mesh, and load balancers that forward what the client sent: adopted by configuration alone, in their own forms.</summary>
public sealed class ByConfigurationTests
{
    private const string Section = "BoundTokens:ForwardedCertificate";

    [Theory]
    [InlineData("XfccHash", false)]
    [InlineData("IstioXfccHash", false)]
    [InlineData("IstioXfccHash", true)]
    public async Task Istio_ByDefault_BelievesTheHashOfTheNearestPeer(string format, bool behindGateway)
    {
        await using var api = await StartAsync(format);
        string Element(X509Certificate2 certificate) =>
            $"By=spiffe://cluster.local/ns/orders/sa/api;Hash={ForwardedText.Of(ForwardedCertificateFormat.Sha256Hex, certificate)};Subject=\"\";URI=spiffe://cluster.local/ns/shop/sa/web";
        string Written(X509Certificate2 certificate, X509Certificate2 before) => behindGateway ? $"{Element(before)},{Element(certificate)}" : Element(certificate);

        var owners = Written(api.A, api.B);
        await AssertAsync(api, "X-Forwarded-Client-Cert", owners, Written(api.B, api.A), $"{owners},", $"x,{owners}", $"By=\"a,{owners}", owners.Replace("Hash=", "Hash=0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AwsLoadBalancer_InPassthrough_BelievesTheFirstBlock()
    {
        await using var api = await StartAsync("EscapedPemChain", "X-Amzn-Mtls-Clientcert");
        static string Written(params X509Certificate2[] certificates) => string.Concat(certificates.Select(one => one.ExportCertificatePem() + "\n"))
            .Replace(" ", "%20", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);
        using var authority = new TestCertificateAuthority();

        var owners = Written(api.A, authority.Certificate);
        string[] forged = [$"{owners}x", owners[1..], $"{Written(api.B)},{owners}", $"{Written(api.B)}, {owners}", owners.Replace("-----END%20CERTIFICATE-----%0A-----BEGIN", "-----END%20CERTIFICATE----------BEGIN", StringComparison.Ordinal)];
        await AssertAsync(api, "X-Amzn-Mtls-Clientcert", owners, Written(api.B, api.A), forged);
        await AssertAsync(api, "X-Amzn-Mtls-Clientcert", Written(api.A), Written(authority.Certificate, api.A), forged);
    }

    [Fact]
    public async Task Traefik_WithAnIntermediate_BelievesTheFirstCertificate()
    {
        await using var api = await StartAsync("Base64DerChain", "X-Forwarded-Tls-Client-Cert");
        using var authority = new TestCertificateAuthority();

        var owners = $"{api.A.Base64()},{authority.Certificate.Base64()}";
        await AssertAsync(
            api, "X-Forwarded-Tls-Client-Cert", owners, $"{api.B.Base64()},{api.A.Base64()}", $"{owners},", $"{owners}x", owners[1..], $"{api.B.Base64()}, {owners}", Uri.EscapeDataString(owners));
    }

    // What the owner's proxy says lets the owner in; what another client's says lets nobody in, nor does the same from anybody else's address.
    private static async Task AssertAsync(GuardedApi api, string field, string owners, string thiefs, params string[] forgeries)
    {
        using var proxy = api.From(Proxied.Proxy);
        using var stranger = api.From(Proxied.Stranger);

        (await api.SendAsync(proxy, Proxied.With(field, owners))).AssertIn();
        (await api.SendAsync(proxy, Proxied.With(field, thiefs))).AssertRefused();
        (await api.SendAsync(proxy)).AssertRefused();
        foreach (var forged in forgeries)
        {
            await api.TurnsAwayAsync(() => api.SendAsync(proxy, Proxied.With(field, forged)), BindingFailure.ForwardedCertificateMalformed);
        }

        await api.TurnsAwayAsync(() => api.SendAsync(stranger, Proxied.With(field, owners)), BindingFailure.ForwarderUntrusted);
    }

    private static Task<GuardedApi> StartAsync(string format, string? header = null)
    {
        Proxied.SkipUnlessEveryLoopbackAddressIsOnesOwn();
        return GuardedApi.StartAsync(new GuardedSetup
        {
            Before = (builder, _) => builder.Configuration.AddInMemoryCollection(
            [
                new($"{Section}:Format", format),
                new($"{Section}:TrustedProxies:0", Proxied.Proxy.ToString()),
                .. header is null ? Array.Empty<KeyValuePair<string, string?>>() : [new($"{Section}:Header", header)],
            ]),
        });
    }
}
