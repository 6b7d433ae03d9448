using Microsoft.AspNetCore.Builder;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>The ordinary API, with its metadata published.</summary>
internal static class PublishingApi
{
    internal static Task<Api> StartAsync(params Action<WebApplicationBuilder>[] configure) => Api.StartAsync(
        [.. configure, MetadataSettings.Add()],
        (api, app) =>
        {
            app.MapProtectedResourceMetadata();
            api.MapProtected(app);
        });
}
