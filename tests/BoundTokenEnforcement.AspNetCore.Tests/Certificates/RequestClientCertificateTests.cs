using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace BoundTokenEnforcement.AspNetCore.Tests.Certificates;

/// <summary>On real TLS, because it is the platform that builds chains.</summary>
public sealed class RequestClientCertificateTests
{
    // The chain is judged by the machine's own trust, and by a trust of the application's.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Validation_OfTheApplication_StillRefusesStrangers(bool ownTrust)
    {
        using var authority = new TestCertificateAuthority();
        await using var host = await StartAsync(https =>
        {
            Validate(https);
            if (ownTrust)
            {
                Trust(https, authority.Certificate);
            }
        });

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => GetAsync(host, Api.A));
    }

    [Fact]
    public async Task Validation_OfTheApplication_StillAcceptsItsOwn()
    {
        using var authority = new TestCertificateAuthority();
        using var alice = authority.IssueClient("alice");
        await using var host = await StartAsync(https =>
        {
            Validate(https);
            Trust(https, authority.Certificate);
        });

        Assert.Equal(TestCertificates.Thumbprint(alice), await GetAsync(host, alice));
    }

    [Fact]
    public async Task Validation_NoneOfTheApplication_StrangersAreAccepted()
    {
        await using var host = await StartAsync(_ => { });

        Assert.Equal(TestCertificates.Thumbprint(Api.A), await GetAsync(host, Api.A));
    }

    private static async Task<string> GetAsync(TlsApiHost host, X509Certificate2 certificate)
    {
        using var client = host.CreateClient(certificate);
        return await client.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
    }

    private static void Validate(HttpsConnectionAdapterOptions https) =>
        https.ClientCertificateValidation = static (_, _, errors) => errors == SslPolicyErrors.None;

    private static void Trust(HttpsConnectionAdapterOptions https, X509Certificate2 authority) =>
        https.OnAuthenticate = (_, tls) => tls.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { authority },
            RevocationMode = X509RevocationMode.NoCheck,
        };

    private static Task<TlsApiHost> StartAsync(Action<HttpsConnectionAdapterOptions> configure) => TlsApiHost.StartAsync(
        builder =>
        {
            Api.Guarded()(builder);
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https =>
            {
                https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                configure(https);
                https.RequestClientCertificate();
            }));
        },
        app => app.Map("/", (HttpContext context) => TestCertificates.Thumbprint(context.Connection.ClientCertificate!)));
}
