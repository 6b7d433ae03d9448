using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests.Resources;

/// <summary>A host with the resources <c>/a</c> and <c>/b</c>.</summary>
internal static class TwoResources
{
    internal const string WellKnown = "/.well-known/oauth-protected-resource";
    internal const string AUrl = $"https://api.test{WellKnown}/a";
    internal const string BUrl = $"https://api.test{WellKnown}/b";

    internal static Action<WebApplicationBuilder> Both(Action<ProtectedResourceMetadataOptions>? a = null) => builder =>
    {
        Add("a", "https://api.test/a", a)(builder);
        Add("b", "https://api.test/b")(builder);
    };

    internal static Action<WebApplicationBuilder> Add(string name, string resource, Action<ProtectedResourceMetadataOptions>? configure = null) => builder =>
        builder.Services.AddProtectedResourceMetadata(name, options =>
        {
            options.Resource = resource;
            options.AuthorizationServers.Add("https://as.test");
            configure?.Invoke(options);
        });

    /// <summary>Maps what is given, the metadata, and what is protected otherwise.</summary>
    internal static Action<Api, WebApplication> Map(Action<Api, WebApplication>? map = null) => (api, app) =>
    {
        map?.Invoke(api, app);
        app.MapProtectedResourceMetadata();
        api.Map(app, "/{**rest}").RequireAuthorization();
    };

    /// <summary>What the document at this target says about bound tokens, to a caller with a certificate.</summary>
    internal static async Task<bool> SaysEnforcedAsync(this Api api, string path)
    {
        var answer = await api.GetAsync(WellKnown + path, null, Api.A);
        Assert.Equal(200, answer.Status);
        using var document = JsonDocument.Parse(answer.Body);
        return document.RootElement.TryGetProperty("tls_client_certificate_bound_access_tokens", out var flag) && flag.GetBoolean();
    }
}
