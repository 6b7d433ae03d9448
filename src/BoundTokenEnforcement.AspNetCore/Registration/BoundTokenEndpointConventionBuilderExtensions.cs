using BoundTokenEnforcement;

namespace Microsoft.AspNetCore.Builder;

/// <summary>What single endpoints, groups, hubs and services demand of access tokens.</summary>
public static class BoundTokenEndpointConventionBuilderExtensions
{
    /// <inheritdoc cref="RequireBoundTokenAttribute"/>
    /// <param name="builder">An endpoint or a group of them.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    public static TBuilder RequireBoundToken<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new RequireBoundTokenAttribute());

    /// <inheritdoc cref="AllowUnboundTokenAttribute"/>
    /// <param name="builder">An endpoint or a group of them.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    public static TBuilder AllowUnboundToken<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new AllowUnboundTokenAttribute());
}
