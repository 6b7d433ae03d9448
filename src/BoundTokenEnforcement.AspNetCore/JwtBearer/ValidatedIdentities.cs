using System.Collections.Concurrent;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>Which identities of which schemes are remembered, and whether one that is may be used now.</summary>
internal sealed class ValidatedIdentities(IdentityCache cache, IOptionsMonitor<JwtBearerOptions> schemes, ILogger<ValidatedIdentities> logger)
{
    private readonly ConcurrentDictionary<string, ValidationGeneration> _current = new(StringComparer.Ordinal);

    /// <summary>What tokens of a scheme are validated against now.</summary>
    /// <param name="scheme">The scheme's name.</param>
    /// <param name="options">Its options.</param>
    /// <returns><see langword="null"/> where identities are not remembered: something is the application's own, or keys are not there yet.</returns>
    internal ValidationGeneration? GenerationOf(string scheme, JwtBearerOptions options)
    {
        if (!cache.IsOn || !TryGetConfiguration(options, out var configuration))
        {
            return null;
        }

        var generation = _current.TryGetValue(scheme, out var current) && current.IsOf(options, configuration) ? current : Begin(scheme, options, configuration);
        return generation.Inputs is null ? null : generation;
    }

    /// <summary>Finds what a token was found to be, if the answer would be the same now.</summary>
    internal TokenRecall Recall(ReadOnlyMemory<char> token, ValidationGeneration generation, JwtBearerOptions options)
    {
        var digest = CacheDigest.OfToken(generation.Number, token.Span);
        var parameters = options.TokenValidationParameters;
        if (cache.Find(digest) is not { } remembered
            // The lists of keys are the application's, or the library's, and may have been changed in place.
            || !generation.Holds(remembered.SigningKey, parameters)
            || !generation.Accepts(remembered.Issuer, parameters)
            || !remembered.IsSupported(parameters)
            || !remembered.IsWithinLifetime(parameters))
        {
            return new TokenRecall(cache, token, digest, generation);
        }

        cache.Hit();
        return new TokenRecall(remembered);
    }

    /// <summary>What is remembered of a scheme's tokens, for the audit; <see langword="null"/> where identities were not asked for.</summary>
    internal string? ContentOf(string scheme) =>
        !cache.IsOn ? null
        : ValidationInputs.TryRead(schemes.Get(scheme), out var obstacle) is null ? $"remembers signatures and not identities, because {obstacle}"
        : "remembers identities";

    private ValidationGeneration Begin(string scheme, JwtBearerOptions options, BaseConfiguration? configuration)
    {
        var next = new ValidationGeneration(options, ValidationInputs.TryRead(options, out var obstacle), configuration);
        ValidationGeneration? former = null;
        _current.AddOrUpdate(scheme, next, (_, replaced) =>
        {
            former = replaced;
            return next;
        });
        former?.End();
        if (next.Inputs is null)
        {
            Observers.Notify((logger, scheme, obstacle), static told => told.logger.IdentitiesNotRemembered(told.scheme, told.obstacle));
        }

        return next;
    }

    // Who would have to wait for keys does not wait here.
    private static bool TryGetConfiguration(JwtBearerOptions options, out BaseConfiguration? configuration)
    {
        configuration = null;
        if (options.ConfigurationManager is null)
        {
            return true;
        }

        try
        {
            if (options.ConfigurationManager is BaseConfigurationManager manager && manager.GetBaseConfigurationAsync(CancellationToken.None) is { IsCompletedSuccessfully: true } known)
            {
                configuration = known.Result;
                return true;
            }
        }
#pragma warning disable CA1031 // The manager may be the application's. The token library, which asks next, goes on without it.
        catch (Exception)
#pragma warning restore CA1031
        {
        }

        return false;
    }
}
