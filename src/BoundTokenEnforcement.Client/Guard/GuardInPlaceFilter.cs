using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>Looks, whenever a guarded client is put together, whether the guard is still its innermost part.</summary>
internal sealed class GuardInPlaceFilter(IOptions<GuardedClients> guarded) : IHttpMessageHandlerBuilderFilter
{
    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
    {
        next(builder);
        if (builder.Name is { } name && guarded.Value.Names.Contains(name))
        {
            Require(builder);
        }
    };

    /// <exception cref="InvalidOperationException">The guard is not there.</exception>
    internal static void Require(HttpMessageHandlerBuilder builder)
    {
        if (builder.PrimaryHandler is not BoundTokenGuardHandler)
        {
            throw new InvalidOperationException(
                $"The primary handler of the HttpClient '{builder.Name}' was replaced after AddBoundTokenGuard(), so that nothing would guard its tokens. Remove ConfigurePrimaryHttpMessageHandler or UseSocketsHttpHandler.");
        }
    }
}
