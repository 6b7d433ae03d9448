using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>
/// Everything that a validation depends on besides the token and the clock. While it is the same, the same token gets the same answer; when anything changes,
/// the next generation begins, and nothing that was remembered for this one is found again.
/// </summary>
#pragma warning disable CA1001 // A source without a timer has nothing to dispose of, and requests may still look at it.
internal sealed class ValidationGeneration(JwtBearerOptions options, ValidationInputs? inputs, BaseConfiguration? configuration)
#pragma warning restore CA1001
{
    private static long _last;

    private readonly CancellationTokenSource _ended = new();

    /// <summary>A number that no other generation has.</summary>
    internal long Number { get; } = Interlocked.Increment(ref _last);

    /// <summary>The settings; <see langword="null"/> where identities are not remembered, which stays so for these options.</summary>
    internal ValidationInputs? Inputs => inputs;

    /// <summary>Whether tokens are still validated against the same.</summary>
    internal bool IsOf(JwtBearerOptions now, BaseConfiguration? configurationNow) =>
        ReferenceEquals(now, options) && (inputs is null || (ReferenceEquals(configurationNow, configuration) && inputs.AreThoseOf(now)));

    /// <summary>Removes from the cache what was remembered for it.</summary>
    internal CancellationToken Ended => _ended.Token;

    internal void End() => _ended.Cancel();

    /// <summary>Whether a key is one of the current ones. A last known good configuration has others, which the library accepts for a limited time only.</summary>
    internal bool Holds(SecurityKey key, TokenValidationParameters parameters) =>
        (configuration is not null && configuration.SigningKeys.Contains(key))
        || ReferenceEquals(parameters.IssuerSigningKey, key)
        || (parameters.IssuerSigningKeys?.Contains(key) ?? false);

    /// <summary>Whether an issuer is one of the current ones.</summary>
    internal bool Accepts(string issuer, TokenValidationParameters parameters) =>
        !parameters.ValidateIssuer
        || issuer == configuration?.Issuer
        || issuer == parameters.ValidIssuer
        || (parameters.ValidIssuers?.Contains(issuer) ?? false);
}
