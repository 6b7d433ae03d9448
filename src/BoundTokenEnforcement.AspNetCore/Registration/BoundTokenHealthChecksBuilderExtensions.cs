using BoundTokenEnforcement;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>The audit as a health check.</summary>
public static class BoundTokenHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check that is unhealthy if bound tokens are not enforced as configured, and degraded while something is exempt or only
    /// reports. Each check runs the whole audit, which shakes hands with the host's own TLS listeners, at most once in ten seconds.
    /// </summary>
    /// <param name="builder">The health checks.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    public static IHealthChecksBuilder AddBoundTokenEnforcement(this IHealthChecksBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddCheck<BoundTokenHealthCheck>("bound_token_enforcement");
    }
}
