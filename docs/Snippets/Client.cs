using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement.Snippets;

internal static class Client
{
    internal static void Guard(HostApplicationBuilder builder, X509Certificate2 certificate)
    {
        #region guard
        builder.Services.AddHttpClient("orders")
            .AddBoundTokenGuard(o =>
            {
                o.Resource = "https://api.example.com/orders";
                o.AllowedIssuers.Add("https://login.example.com");
                o.ClientCertificate = certificate;
            })
            .AddCertificateBoundTokens(o =>
            {
                o.Issuer = "https://login.example.com";
                o.ClientId = "worker";
                o.Scope = "read";
            });
        #endregion
    }

    internal static void Configured(HostApplicationBuilder builder, X509Certificate2 certificate)
    {
        #region guard-configured
        builder.Services.AddHttpClient("orders")
            .AddBoundTokenGuard(builder.Configuration.GetSection("Api"), o => o.ClientCertificate = certificate)
            .AddCertificateBoundTokens(builder.Configuration.GetSection("Tokens"));
        #endregion
    }

    internal static async Task<string?> CallAsync(HttpClient orders, CancellationToken cancellationToken)
    {
        #region guard-refused
        try
        {
            return await orders.GetStringAsync(new Uri("https://api.example.com/orders/42"), cancellationToken);
        }
        catch (BoundTokenGuardException refused)
        {
            Console.WriteLine($"Not sent, {refused.Failure}: {refused.Message}");
            return null;
        }
        #endregion
    }

    internal static void OwnTokens(HostApplicationBuilder builder, Action<BoundTokenGuardOptions> guard)
    {
        builder.Services.AddTransient<OwnTokenHandler>();
        #region guard-own-tokens
        builder.Services.AddHttpClient("orders")
            .AddHttpMessageHandler<OwnTokenHandler>()
            .AddBoundTokenGuard(guard);
        #endregion
    }

    internal static void Rotation(HostApplicationBuilder builder)
    {
        #region guard-rotation
        builder.Services.AddHttpClient("orders").AddBoundTokenGuard(builder.Configuration.GetSection("Api"), o => { });
        builder.Services.AddOptions<BoundTokenGuardOptions>("orders")
            .Configure<RenewableCertificate>((o, certificate) => o.ClientCertificates = certificate);
        #endregion
    }

    internal static void Chain(BoundTokenGuardOptions o, string password)
    {
        #region guard-chain
        o.ClientCertificate = X509CertificateLoader.LoadPkcs12FromFile("client.pfx", password);
        o.ClientCertificateChain.ImportFromPemFile("intermediates.pem");
        #endregion
    }

    internal static void PrivateAuthority(BoundTokenGuardOptions o, X509Certificate2 authority)
    {
        #region guard-private-ca
        o.ServerCertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { authority },

            // Only if the authority publishes no revocation data: the default checks online, and distrusts a certificate whose status is unknown.
            RevocationMode = X509RevocationMode.NoCheck,
        };
        #endregion
    }

    internal static void Signed(BoundTokenGuardOptions o, SecurityKey key)
    {
        #region guard-signed-metadata
        o.Metadata.Issuer = "https://api.example.com";
        o.Metadata.SigningKeys.Add(key);
        #endregion
    }

    internal static async Task<bool?> DiscoverAsync(IServiceCollection services, IProtectedResourceMetadataClient client, CancellationToken cancellationToken)
    {
        #region discovery
        services.AddProtectedResourceMetadataClient();

        // client: the IProtectedResourceMetadataClient of these services
        var document = await client.GetAsync(ResourceIdentifier.Parse("https://api.example.com/orders"), cancellationToken);
        return document.TlsClientCertificateBoundAccessTokens;
        #endregion
    }
}

#region guard-own-handler
internal sealed class OwnTokenHandler(ITokenStore tokens) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await tokens.GetAsync(cancellationToken));
        return await base.SendAsync(request, cancellationToken);
    }
}
#endregion

#region guard-renewable-certificate
internal sealed class RenewableCertificate(X509Certificate2 first) : IClientCertificateProvider
{
    private volatile X509Certificate2 _current = first;

    public X509Certificate2 Current => _current;

    // The old one is not disposed: requests with it may be under way.
    public void Replace(X509Certificate2 renewed) => _current = renewed;
}
#endregion

internal interface ITokenStore
{
    Task<string> GetAsync(CancellationToken cancellationToken);
}
