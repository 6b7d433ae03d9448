using System.Net;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>AC-069: proxies that authenticate to the API with a certificate of their own. {0} is the folder with it.</summary>
[Requirement("AC-069")]
public sealed class ProxyCertificateTests
{
    public static TheoryData<string, string, string> Proxies => new()
    {
        {
            "nginx",
            "proxy_pass         http://api;",
            """
            proxy_pass https://api;
            proxy_ssl_certificate         {0}/proxy.pem;
            proxy_ssl_certificate_key     {0}/proxy.pem;
            proxy_ssl_trusted_certificate {0}/api.crt;
            proxy_ssl_verify on;
            proxy_ssl_name localhost;
            """
        },
        { "HAProxy", "server api 127.0.0.1:5000", "server api 127.0.0.1:5000 ssl crt {0}/proxy.pem ca-file {0}/api.crt verify required verifyhost localhost" },
        {
            "Apache",
            "ProxyPass / http://127.0.0.1:5000/",
            """
            SSLProxyEngine on
            SSLProxyMachineCertificateFile {0}/proxy.pem
            SSLProxyCACertificateFile      {0}/api.crt
            SSLProxyVerify require
            ProxyPass / https://127.0.0.1:5000/
            """
        },
    };

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Proxy_WithItsCertificate_IsBelieved(string name, string line, string instead)
    {
        using var own = TestCertificates.SelfSigned("proxy");
        await using var proxy = await StartAsync(name, line, instead, own, trusted: own);
        var token = proxy.Api.Issuer.BoundTo(proxy.Api.A);

        (await proxy.SendAsync(proxy.Api.A, token, HttpVersion.Version11)).AssertIn();
        (await proxy.SendAsync(proxy.Api.B, token, HttpVersion.Version11)).AssertRefused();
        (await proxy.SendRawAsync(null, token, proxy.Forged(proxy.Api.A))).AssertRefused();
        // What the proxy proves of itself is nothing that its clients have proven.
        (await proxy.SendRawAsync(null, proxy.Api.Issuer.BoundTo(own))).AssertRefused();
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Proxy_WithAnotherCertificate_IsNot(string name, string line, string instead)
    {
        using var own = TestCertificates.SelfSigned("stranger");
        using var trusted = TestCertificates.SelfSigned("proxy");
        await using var proxy = await StartAsync(name, line, instead, own, trusted);

        (await proxy.SendAsync(proxy.Api.A, proxy.Api.Issuer.BoundTo(proxy.Api.A), HttpVersion.Version11)).AssertRejected(400);
    }

    private static async Task<GuardedProxy> StartAsync(string name, string line, string instead, X509Certificate2 own, X509Certificate2 trusted)
    {
        var program = ProxyInstallations.Require(name);
        var folder = Directory.CreateTempSubdirectory("proxy-certificate-");
        try
        {
            using var key = own.GetECDsaPrivateKey()!;
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "proxy.pem"), $"{own.ExportCertificatePem()}\n{key.ExportECPrivateKeyPem()}");
            // As every API that checks bindings, but with TLS.
            var setup = GuardedProxy.Behind(program.Format, program.Header, forwarded => forwarded.TrustedProxyThumbprints.Add(TestCertificates.Thumbprint(trusted))) with { Listen = null };
            return await GuardedProxy.StartAsync(
                program,
                text =>
                {
                    Assert.Contains(line, text, StringComparison.Ordinal);
                    return text.Replace(line, instead.Replace("{0}", folder.FullName, StringComparison.Ordinal), StringComparison.Ordinal);
                },
                setup,
                api =>
                {
                    File.WriteAllText(Path.Combine(folder.FullName, "api.crt"), api.Host.ServerCertificate.ExportCertificatePem());
                    return $"127.0.0.1:{api.Host.Port}";
                });
        }
        finally
        {
            // Every proxy has read its files when it answers.
            folder.Delete(recursive: true);
        }
    }
}
