using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>Writes and signs the documents before the first request, so that no request can fail for them.</summary>
internal sealed class PublishMetadata(
    IServiceProvider services,
    IEnumerable<ResourceName> names,
    IOptionsMonitor<ProtectedResourceMetadataOptions> options,
    ILogger<PublishMetadata> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = services.GetRequiredService<PublishedMetadata>().Resources;
        foreach (var name in names)
        {
            foreach (var option in OnlyTagged(options.Get(name.Value)))
            {
                logger.OnlyTaggedValues(ProtectedResourceMetadataOptions.PathOf(name.Value, option));
            }
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // RFC 9728 §2.1: who knows none of the languages reads the value without a tag.
    private static IEnumerable<string> OnlyTagged(ProtectedResourceMetadataOptions options) =>
        new (string Option, string? Untagged, int Tagged)[]
        {
            (nameof(options.ResourceName), options.ResourceName, options.LocalizedResourceNames.Count),
            (nameof(options.ResourceDocumentation), options.ResourceDocumentation, options.LocalizedResourceDocumentation.Count),
            (nameof(options.ResourcePolicyUri), options.ResourcePolicyUri, options.LocalizedResourcePolicyUris.Count),
            (nameof(options.ResourceTosUri), options.ResourceTosUri, options.LocalizedResourceTosUris.Count),
        }.Where(static member => member is { Untagged: null, Tagged: > 0 }).Select(static member => member.Option);
}
