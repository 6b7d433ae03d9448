namespace BoundTokenEnforcement.Snippets;

internal static class GettingStarted
{
    internal static void MyApi(string[] args)
    {
        #region my-api
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddAuthentication().AddJwtBearer();
        builder.Services.AddAuthorization();
        builder.Services.AddBoundTokenEnforcement();

        var app = builder.Build();
        app.MapGet("/hello", () => "Hello.").RequireAuthorization();
        app.Run();
        #endregion
    }
}
