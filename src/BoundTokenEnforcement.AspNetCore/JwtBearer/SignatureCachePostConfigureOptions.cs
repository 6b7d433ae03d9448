using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>Lets each JwtBearer scheme remember the signatures that it verified.</summary>
internal sealed class SignatureCachePostConfigureOptions(SignatureCache signatures, ILogger<SignatureCachePostConfigureOptions> logger) : IPostConfigureOptions<JwtBearerOptions>
{
    public void PostConfigure(string? name, JwtBearerOptions options)
    {
        var parameters = options.TokenValidationParameters;
        if (parameters.SignatureValidator is null && parameters.SignatureValidatorUsingConfiguration is null)
        {
            // On the application's own object, not on a copy: what it changes there later, a key for example, must have its effect.
            parameters.CryptoProviderFactory = CachingCryptoProviderFactory.Around(parameters.CryptoProviderFactory, signatures);
        }
        else
        {
            Observers.Notify(logger, logger => logger.SignaturesNotRemembered(name ?? Options.DefaultName));
        }
    }
}
