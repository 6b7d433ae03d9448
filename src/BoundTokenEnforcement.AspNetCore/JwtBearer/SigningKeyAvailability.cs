using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>Determines whether validation failed because signing keys were unavailable.</summary>
internal static class SigningKeyAvailability
{
    /// <summary>Waits for our own keys, before a token is validated, so that it is known what it was validated by.</summary>
    /// <returns><see langword="null"/> where keys are not ours to fetch.</returns>
    internal static ValueTask<bool?> LookAsync(JwtBearerOptions options, HttpContext context)
    {
        if (options.ConfigurationManager is not SigningKeyConfigurationManager manager)
        {
            return default;
        }

        // Most requests find keys. Only the others ask for the token of their cancellation, which the server would have to make.
        return manager.UsableKeys() is not null ? new(false) : WaitAsync(options, context.RequestAborted);
    }

    /// <param name="options">The scheme's options.</param>
    /// <param name="areMissing">What <see cref="LookAsync"/> found before the validation.</param>
    /// <param name="failure">Why the token was not accepted.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    internal static async ValueTask<bool> ExplainsAsync(JwtBearerOptions options, bool? areMissing, Exception failure, CancellationToken cancellationToken) =>
        MayBeForWantOfKeys(options, failure) && (areMissing ?? !await CanBeHadAsync(options, cancellationToken).ConfigureAwait(false));

    private static bool MayBeForWantOfKeys(JwtBearerOptions options, Exception failure) => failure switch
    {
        AggregateException all => all.InnerExceptions.Any(inner => MayBeForWantOfKeys(options, inner)),
        // The issuer comes with the keys.
        SecurityTokenSignatureKeyNotFoundException or SecurityTokenInvalidIssuerException => true,
        // A manager of the application that the token library does not know is asked by JwtBearer itself, and what it throws comes here as it is.
        _ => options.ConfigurationManager is not (null or BaseConfigurationManager),
    };

    private static async ValueTask<bool?> WaitAsync(JwtBearerOptions options, CancellationToken cancellationToken) =>
        !await CanBeHadAsync(options, cancellationToken).ConfigureAwait(false);

    private static async ValueTask<bool> CanBeHadAsync(JwtBearerOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return options.ConfigurationManager is null || await options.ConfigurationManager.GetConfigurationAsync(cancellationToken).ConfigureAwait(false) is not null;
        }
#pragma warning disable CA1031 // The manager may be the application's. Why it has no keys does not matter.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }
}
