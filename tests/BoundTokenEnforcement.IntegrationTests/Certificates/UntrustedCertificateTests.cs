using System.Net;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>What a listener refused before our line was added, it refuses after it.</summary>
public sealed class UntrustedCertificateTests
{
    private static readonly X509Certificate2 Stranger = TestCertificates.SelfSigned("stranger");

    // The application demands a certificate of a trusted authority by SslStream's own validation.
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task OnAuthenticate_ApplicationDemandsACertificate_StrangersStayOut(bool enforced, bool showsCertificate)
    {
        await using var host = await StartAsync(enforced, (kestrel, certificate) => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(https =>
        {
            https.ServerCertificate = certificate;
            https.OnAuthenticate += (_, tls) => tls.ClientCertificateRequired = true;
        })));

        Assert.False(await GetsInAsync(host, showsCertificate ? Stranger : null));
    }

    // The same by DelayCertificate under one name: validated by Kestrel when the application asks for it.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sni_DelayCertificate_StrangersCertificateIsNotHandedToTheApplication(bool enforced)
    {
        using var folder = new TemporaryPem(TestCertificates.Server());
        X509Certificate2? seen = null;
        await using var host = await TlsApiHost.StartAsync(
            builder =>
            {
                builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
                {
                    ["Endpoints:Https:Url"] = "https://127.0.0.1:0",
                    ["Endpoints:Https:Protocols"] = "Http1",
                    ["Endpoints:Https:Sni:*:ClientCertificateMode"] = "DelayCertificate",
                    ["Endpoints:Https:Sni:*:Certificate:Path"] = folder.CertificatePath,
                    ["Endpoints:Https:Sni:*:Certificate:KeyPath"] = folder.KeyPath,
                });
                Services(builder, enforced);
            },
            app => app.Map("/", async (HttpContext context) =>
            {
                seen = await context.Connection.GetClientCertificateAsync();
                return "entered";
            }),
            (kestrel, _) => kestrel.Configure(kestrel.ApplicationServices.GetRequiredService<IConfiguration>()));

        await GetsInAsync(host, Stranger, folder.Certificate);

        Assert.Null(seen);
    }

    // Before: a certificate that the application sees was validated by Kestrel, because only the internal listener asks for one.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TwoListeners_OneValidatesCertificates_TheOtherHandsOutNone(bool enforced)
    {
        await using var host = await TlsApiHost.StartAsync(
            builder => Services(builder, enforced),
            app => app.Map("/", (HttpContext context) => context.Connection.ClientCertificate is { Subject: "CN=stranger" } ? Results.Ok() : Results.StatusCode(403)),
            (kestrel, certificate) =>
            {
                kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(certificate));
                kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(certificate, https => https.ClientCertificateMode = ClientCertificateMode.RequireCertificate));
            });
        using var client = host.CreateClient(Stranger);

        using var answer = await client.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    private static Task<TlsApiHost> StartAsync(bool enforced, Action<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions, X509Certificate2> listen) =>
        TlsApiHost.StartAsync(builder => Services(builder, enforced), app => app.MapGet("/", () => "entered"), listen);

    private static void Services(WebApplicationBuilder builder, bool enforced)
    {
        var issuer = new TestTokenIssuer();
        builder.Services.AddAuthentication().AddJwtBearer(issuer.Configure);
        builder.Services.AddAuthorization();
        if (enforced)
        {
            builder.Services.AddBoundTokenEnforcement(o => o.Audit = AuditFailureBehavior.Log);
        }
    }

    private static async Task<bool> GetsInAsync(TlsApiHost host, X509Certificate2? certificate, X509Certificate2? trusted = null)
    {
        try
        {
            using var client = host.CreateClient(new TlsClientOptions { Certificate = certificate, Trusted = trusted });
            using var answer = await client.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private sealed class TemporaryPem : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bound-token-review");

        internal TemporaryPem(X509Certificate2 certificate)
        {
            Certificate = certificate;
            File.WriteAllText(CertificatePath, certificate.ExportCertificatePem());
            using var key = certificate.GetECDsaPrivateKey()!;
            File.WriteAllText(KeyPath, key.ExportPkcs8PrivateKeyPem());
        }

        internal X509Certificate2 Certificate { get; }

        internal string CertificatePath => Path.Combine(_folder.FullName, "server.pem");

        internal string KeyPath => Path.Combine(_folder.FullName, "server.key");

        public void Dispose()
        {
            _folder.Delete(recursive: true);
            Certificate.Dispose();
        }
    }
}
