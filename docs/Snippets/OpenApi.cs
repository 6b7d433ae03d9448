namespace BoundTokenEnforcement.Snippets;

internal static class OpenApi
{
    internal static void Describe(WebApplicationBuilder builder)
    {
        #region open-api
        builder.Services.AddOpenApi(options => options.AddBoundTokenSecurity());
        #endregion
    }
}
