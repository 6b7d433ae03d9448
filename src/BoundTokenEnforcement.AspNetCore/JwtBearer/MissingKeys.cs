using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>Whether it was for want of keys that a token was not accepted: then it is not at fault.</summary>
internal sealed class MissingKeys(JwtBearerOptions options)
{
    private bool? _areMissing;

    /// <summary>Waits for our own keys, before a token is validated, so that it is known what it was validated by.</summary>
    internal async ValueTask LookAsync(CancellationToken cancellationToken)
    {
        if (options.ConfigurationManager is SigningKeys)
        {
            _areMissing = !await CanBeHadAsync(cancellationToken);
        }
    }

    internal async ValueTask<bool> ExplainAsync(Exception failure, CancellationToken cancellationToken) =>
        MayBeForWantOfKeys(failure) && (_areMissing ?? !await CanBeHadAsync(cancellationToken));

    private bool MayBeForWantOfKeys(Exception failure) => failure switch
    {
        AggregateException all => all.InnerExceptions.Any(MayBeForWantOfKeys),
        // The issuer comes with the keys.
        SecurityTokenSignatureKeyNotFoundException or SecurityTokenInvalidIssuerException => true,
        // A manager of the application that the token library does not know is asked by JwtBearer itself, and what it throws comes here as it is.
        _ => options.ConfigurationManager is not (null or BaseConfigurationManager),
    };

    private async ValueTask<bool> CanBeHadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return options.ConfigurationManager is null || await options.ConfigurationManager.GetConfigurationAsync(cancellationToken) is not null;
        }
#pragma warning disable CA1031 // The manager may be the application's. Why it has no keys does not matter.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }
}
