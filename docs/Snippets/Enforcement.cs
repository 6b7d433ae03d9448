namespace BoundTokenEnforcement.Snippets;

internal static class Enforcement
{
    internal static void Adopt(WebApplicationBuilder builder)
    {
        #region adopt
        builder.Services.AddAuthentication().AddJwtBearer();
        builder.Services.AddBoundTokenEnforcement();
        #endregion
    }

    internal static void AskInOwnDefaults(WebApplicationBuilder builder)
    {
        #region own-https-defaults
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https =>
        {
            // whatever you had here
            https.RequestClientCertificate();
        }));
        #endregion
    }

    internal static void AcceptUnbound(WebApplicationBuilder builder)
    {
        #region when-bound
        builder.Services.AddBoundTokenEnforcement(o => o.Requirement = BindingRequirement.WhenBound);
        #endregion
    }

    internal static void LeaveOneOut(WebApplicationBuilder builder)
    {
        #region leave-unguarded
        builder.Services.AddAuthentication().AddJwtBearer().AddJwtBearer("Legacy");
        builder.Services.AddBoundTokenEnforcement(o => o.LeaveUnguarded("Legacy", because: "its authorization server cannot bind tokens"));
        #endregion
    }

    internal static void ReadTheBinding(WebApplication app)
    {
        #region read-binding
        app.MapGet("/binding", (HttpContext http) =>
            http.Features.Get<IBoundTokenFeature>()?.Binding is { } binding
                ? $"{binding.Source}: {binding.Thumbprint}"
                : "not bound").RequireAuthorization();
        #endregion
    }
}
