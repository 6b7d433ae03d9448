using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement.Snippets;

internal static class Metadata
{
    internal static void Publish(WebApplicationBuilder builder)
    {
        #region publish-metadata
        builder.Services.AddBoundTokenEnforcement();
        builder.Services.AddProtectedResourceMetadata(o =>
        {
            o.Resource = "https://api.example.com/orders";
            o.AuthorizationServers.Add("https://login.example.com");
            o.ScopesSupported.Add("read");
        });

        var app = builder.Build();
        app.MapProtectedResourceMetadata();
        #endregion
    }

    internal static void WhereItIs()
    {
        #region metadata-url
        var resource = ResourceIdentifier.Parse("https://api.example.com/orders");
        Console.WriteLine(resource.MetadataUrl);
        // https://api.example.com/.well-known/oauth-protected-resource/orders
        #endregion
    }

    internal static void PublishSeveral(WebApplicationBuilder builder)
    {
        #region several-resources
        builder.Services.AddAuthentication().AddJwtBearer("Orders").AddJwtBearer("Reports");
        builder.Services.AddBoundTokenEnforcement();
        builder.Services.AddProtectedResourceMetadata("orders", o =>
        {
            o.Resource = "https://api.example.com/orders";
            o.AuthorizationServers.Add("https://login.example.com");
            o.Schemes.Add("Orders");
        });
        builder.Services.AddProtectedResourceMetadata("reports", o =>
        {
            o.Resource = "https://api.example.com/reports";
            o.AuthorizationServers.Add("https://login.example.com");
            o.Schemes.Add("Reports");
        });
        #endregion
    }

    internal static void Sign(WebApplicationBuilder builder, ECDsa key)
    {
        #region sign-metadata
        var credentials = new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = "metadata-1" }, SecurityAlgorithms.EcdsaSha256);
        builder.Services.AddProtectedResourceMetadata(o => o.SignMetadata(credentials, issuer: "https://api.example.com"));
        #endregion
    }
}
