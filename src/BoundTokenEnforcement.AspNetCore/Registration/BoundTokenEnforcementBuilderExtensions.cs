using BoundTokenEnforcement;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>What can be added to the enforcement of bound tokens.</summary>
public static class BoundTokenEnforcementBuilderExtensions
{
    /// <inheritdoc cref="AddProtectedResourceMetadata(BoundTokenEnforcementBuilder, Action{ProtectedResourceMetadataOptions})" path="/summary|/remarks|/exception"/>
    /// <param name="builder">The enforcement.</param>
    /// <returns>The same builder.</returns>
    public static BoundTokenEnforcementBuilder AddProtectedResourceMetadata(this BoundTokenEnforcementBuilder builder) =>
        builder.AddProtectedResourceMetadata(static _ => { });

    /// <inheritdoc cref="ProtectedResourceMetadataServiceCollectionExtensions.AddProtectedResourceMetadata(IServiceCollection, Action{ProtectedResourceMetadataOptions})" path="/summary|/remarks|/exception"/>
    /// <param name="builder">The enforcement.</param>
    /// <param name="configure">Runs after the configuration section <c>ProtectedResource</c> was read.</param>
    /// <returns>The same builder.</returns>
    public static BoundTokenEnforcementBuilder AddProtectedResourceMetadata(
        this BoundTokenEnforcementBuilder builder, Action<ProtectedResourceMetadataOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddProtectedResourceMetadata(configure);
        return builder;
    }

    /// <inheritdoc cref="ProtectedResourceMetadataServiceCollectionExtensions.AddProtectedResourceMetadata(IServiceCollection, string, Action{ProtectedResourceMetadataOptions})" path="/summary|/remarks|/exception"/>
    /// <param name="builder">The enforcement.</param>
    /// <param name="name">The name of the resource in this application. Clients do not see it.</param>
    /// <param name="configure">Runs after the configuration section <c>ProtectedResources:{name}</c> was read.</param>
    /// <returns>The same builder.</returns>
    public static BoundTokenEnforcementBuilder AddProtectedResourceMetadata(
        this BoundTokenEnforcementBuilder builder, string name, Action<ProtectedResourceMetadataOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddProtectedResourceMetadata(name, configure);
        return builder;
    }

    /// <inheritdoc cref="AddValidatedTokenCache(BoundTokenEnforcementBuilder, Action{ValidatedTokenCacheOptions})" path="/summary|/remarks|/exception"/>
    /// <param name="builder">The enforcement.</param>
    /// <returns>The same builder.</returns>
    public static BoundTokenEnforcementBuilder AddValidatedTokenCache(this BoundTokenEnforcementBuilder builder) =>
        builder.AddValidatedTokenCache(static _ => { });

    /// <inheritdoc cref="ValidatedTokenCacheServiceCollectionExtensions.AddValidatedTokenCache(IServiceCollection, Action{ValidatedTokenCacheOptions})" path="/summary|/remarks|/exception"/>
    /// <param name="builder">The enforcement.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The same builder.</returns>
    public static BoundTokenEnforcementBuilder AddValidatedTokenCache(
        this BoundTokenEnforcementBuilder builder, Action<ValidatedTokenCacheOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddValidatedTokenCache(configure);
        return builder;
    }
}
