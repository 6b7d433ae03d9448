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
}
