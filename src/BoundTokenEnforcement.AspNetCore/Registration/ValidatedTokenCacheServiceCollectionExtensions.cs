using BoundTokenEnforcement;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Makes tokens that come again cheap.</summary>
public static class ValidatedTokenCacheServiceCollectionExtensions
{
    /// <inheritdoc cref="AddValidatedTokenCache(IServiceCollection, Action{ValidatedTokenCacheOptions})"/>
    public static IServiceCollection AddValidatedTokenCache(this IServiceCollection services) => services.AddValidatedTokenCache(static _ => { });

    /// <summary>
    /// Remembers which signatures of tokens were verified, so that a token that comes again costs no second verification. Nothing else is remembered, unless
    /// <see cref="ValidatedTokenCacheOptions.Remember"/> says so: lifetime, issuer, audience, keys, events and the binding are looked at in each request, and
    /// claims are read anew.
    /// </summary>
    /// <remarks>
    /// For all JwtBearer schemes, wherever in the code they are added. A signature is remembered for one key object of one scheme: when keys are fetched
    /// anew, or the scheme's options are reloaded, it is verified once more. Nothing is remembered in a scheme that has a <c>SignatureValidator</c>, or a
    /// <c>CryptoProviderFactory</c> that the application sets later than this library, in a <c>PostConfigure</c>. The host does not start without
    /// <c>AddBoundTokenEnforcement</c>.
    /// </remarks>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException">One of them is <see langword="null"/>.</exception>
    public static IServiceCollection AddValidatedTokenCache(this IServiceCollection services, Action<ValidatedTokenCacheOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);

        if (services.Any(static service => service.ServiceType == typeof(SignatureCache)))
        {
            return services.Configure(configure);
        }

        services.AddOptions<ValidatedTokenCacheOptions>().Configure(configure).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ValidatedTokenCacheOptions>, ValidatedTokenCacheOptionsValidator>();
        services.AddMetrics();
        services.AddSingleton<SignatureCache>();
        services.AddSingleton<IdentityCache>();
        services.AddTokenMemory();
        return services;
    }
}
