using System.Security.Cryptography;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.IdentityModel.Tokens;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AuthorizationServer;

/// <summary>A small authorization server with two listeners: one for everybody, one that asks for a certificate.</summary>
public static class AuthorizationServerHost
{
    /// <summary>Adds the server to <paramref name="builder"/> and builds it; the caller chooses the logging, starts it and stops it.</summary>
    public static WebApplication Create(AuthorizationServerSettings settings, WebApplicationBuilder builder)
    {
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, settings));

        var tokenEndpoint = new TokenEndpoint(settings);
        builder.Services.AddOpenIddict().AddServer(server =>
        {
            server.SetIssuer(settings.Issuer);
            server.SetTokenEndpointUris("connect/token").SetMtlsTokenEndpointAliasUri(settings.MutualTlsTokenEndpoint);
            server.AllowClientCredentialsFlow();
            server.UseClientCertificateBoundAccessTokens();
            server.EnableSelfSignedTlsClientAuthentication();
            if (settings.Clients.OfType<PkiClient>().Select(client => client.Authority).Distinct().ToArray() is { Length: > 0 } authorities)
            {
                server.EnablePublicKeyInfrastructureTlsClientAuthentication([.. authorities], PkiClient.Trust);
            }

            server.Configure(options => options.ClientAuthenticationMethods.Remove(ClientAuthenticationMethods.PrivateKeyJwt));

            // A resource server can read a signed token without knowing us; an encrypted one only with our key.
            server.AddSigningKey(new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)));
            server.AddEphemeralEncryptionKey().DisableAccessTokenEncryption();

            // Clients and grants are few and fixed, so there is no database behind this server.
            server.EnableDegradedMode();
            server.RegisterScopes([.. settings.Scopes]);
            // OpenIddict compares after Uri has added a slash, so that it does not know https://host again. TokenEndpoint compares the text.
            server.DisableResourceValidation();
            server.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(tokenEndpoint.AuthenticateClient));
            server.AddEventHandler<HandleTokenRequestContext>(handler => handler.UseInlineHandler(tokenEndpoint.IssueToken));
            server.UseAspNetCore();
        });

        var app = builder.Build();
        app.UseAuthentication();
        return app;
    }

    private static void Listen(KestrelServerOptions kestrel, AuthorizationServerSettings settings)
    {
        kestrel.ListenLocalhost(settings.Port, endpoint => endpoint.UseHttps(settings.Certificate));
        kestrel.ListenLocalhost(settings.MutualTlsPort, endpoint => endpoint.UseHttps(https =>
        {
            https.ServerCertificate = settings.Certificate;
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            // The handshake proves possession of the key. Whether the certificate belongs to the client is decided per client, above TLS.
            https.ClientCertificateValidation = (_, _, _) => true;
        }));
    }
}
