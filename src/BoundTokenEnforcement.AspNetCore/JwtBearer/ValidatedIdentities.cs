using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>Which identities of which schemes are remembered, and whether one that is may be used now.</summary>
internal sealed class ValidatedIdentities(IdentityCache cache, IOptionsMonitor<JwtBearerOptions> schemes, ILogger<ValidatedIdentities> logger)
{
    // By the options' instance: reloaded options have a memory of their own.
    private readonly ConditionalWeakTable<JwtBearerOptions, Scope> _scopes = [];

    /// <summary>What tokens of a scheme are validated against now.</summary>
    /// <param name="scheme">The scheme's name, for the log.</param>
    /// <param name="options">Its options.</param>
    /// <returns><see langword="null"/> where identities are not remembered: something is the application's own, or keys are not there yet.</returns>
    internal ValidationGeneration? GenerationOf(string scheme, JwtBearerOptions options)
    {
        if (!cache.IsOn || !TryGetConfiguration(options, out var configuration))
        {
            return null;
        }

        var scope = _scopes.GetValue(options, static _ => new());
        return scope.HasObstacle ? null
            : scope.Current is { } current && ReferenceEquals(current.Configuration, configuration) && current.Inputs.AreThoseOf(options) ? current
            : Next(scheme, options, configuration, scope);
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

    private ValidationGeneration? Next(string scheme, JwtBearerOptions options, BaseConfiguration? configuration, Scope scope)
    {
        if (ValidationInputs.TryRead(options, out var obstacle) is { } inputs)
        {
            var next = new ValidationGeneration(inputs, configuration);
            Interlocked.Exchange(ref scope.Current, next)?.End();
            return next;
        }

        // For good: an application that has code of its own here may have more of it later.
        scope.HasObstacle = true;
        Interlocked.Exchange(ref scope.Current, null)?.End();
        Observers.Notify((logger, scheme, obstacle), static told => told.logger.IdentitiesNotRemembered(told.scheme, told.obstacle));
        return null;
    }

    // Who would have to wait for keys does not wait here.
    private static bool TryGetConfiguration(JwtBearerOptions options, out BaseConfiguration? configuration)
    {
        configuration = null;
        if (options.ConfigurationManager is null)
        {
            return true;
        }

        if (options.ConfigurationManager is not BaseConfigurationManager manager || manager.GetBaseConfigurationAsync(CancellationToken.None) is not { IsCompletedSuccessfully: true } known)
        {
            return false;
        }

        configuration = known.Result;
        return true;
    }

    private sealed class Scope
    {
        internal ValidationGeneration? Current;
        internal volatile bool HasObstacle;
    }
}
