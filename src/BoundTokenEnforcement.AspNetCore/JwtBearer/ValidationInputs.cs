using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>
/// The settings that take part in validation, as they were at one moment. An application may change its own objects at any time, and must be heard: the settings
/// are compared in each request. Where one of them is code, or is not known here, identities are not remembered.
/// </summary>
internal sealed class ValidationInputs
{
    /// <summary>Settings that <see cref="AreThoseOf"/> compares, or that are looked at in each hit.</summary>
    internal static readonly string[] Compared =
    [
        "AuthenticationType", "ClockSkew", "CryptoProviderFactory", "IgnoreTrailingSlashWhenValidatingAudience", "IssuerSigningKey",
        "IssuerSigningKeyResolverUsingConfiguration", "IssuerSigningKeys", "NameClaimType", "RequireAudience", "RequireExpirationTime", "RequireSignedTokens",
        "RoleClaimType", "TryAllIssuerSigningKeys", "ValidAlgorithms", "ValidAudience", "ValidAudiences", "ValidIssuer", "ValidIssuers", "ValidTypes",
        "ValidateAudience", "ValidateIssuer", "ValidateIssuerSigningKey", "ValidateLifetime", "ValidateSignatureLast",
    ];

    private readonly TokenValidationParameters _then;
    private readonly bool _mapsInboundClaims;
    private readonly int _mappedClaims;
    private readonly int _maximumTokenSize;

    private ValidationInputs(TokenValidationParameters parameters, JsonWebTokenHandler handler)
    {
        // A clone shares the lists with the original.
        _then = parameters.Clone();
        _then.ValidAlgorithms = parameters.ValidAlgorithms?.ToArray();
        _then.ValidAudiences = parameters.ValidAudiences?.ToArray();
        _then.ValidIssuers = parameters.ValidIssuers?.ToArray();
        _then.ValidTypes = parameters.ValidTypes?.ToArray();
        _then.IssuerSigningKeys = parameters.IssuerSigningKeys?.ToArray();
        (_mapsInboundClaims, _mappedClaims, _maximumTokenSize) = (handler.MapInboundClaims, handler.InboundClaimTypeMap.Count, handler.MaximumTokenSizeInBytes);
    }

    /// <summary>Takes the settings of a scheme down.</summary>
    /// <param name="options">The scheme's options.</param>
    /// <param name="obstacle">Why identities cannot be remembered there.</param>
    /// <returns><see langword="null"/> with an obstacle.</returns>
    internal static ValidationInputs? TryRead(JwtBearerOptions options, out string obstacle)
    {
        obstacle = ObstacleIn(options) ?? string.Empty;
        return obstacle.Length == 0 ? new ValidationInputs(options.TokenValidationParameters, (JsonWebTokenHandler)options.TokenHandlers[0]) : null;
    }

    /// <summary>Whether nothing has changed since.</summary>
    internal bool AreThoseOf(JwtBearerOptions options)
    {
        var now = options.TokenValidationParameters;
        return Handler(options) is { } handler
            && handler.MapInboundClaims == _mapsInboundClaims
            && handler.InboundClaimTypeMap.Count == _mappedClaims
            && handler.MaximumTokenSizeInBytes == _maximumTokenSize
            && now.GetType() == typeof(TokenValidationParameters)
            && ValidationSettings.FindSet(now) is null
            && now.AuthenticationType == _then.AuthenticationType
            && now.ClockSkew == _then.ClockSkew
            && ReferenceEquals(now.CryptoProviderFactory, _then.CryptoProviderFactory)
            && now.IgnoreTrailingSlashWhenValidatingAudience == _then.IgnoreTrailingSlashWhenValidatingAudience
            && ReferenceEquals(now.IssuerSigningKey, _then.IssuerSigningKey)
            && Equals(now.IssuerSigningKeyResolverUsingConfiguration, _then.IssuerSigningKeyResolverUsingConfiguration)
            && AreSame(now.IssuerSigningKeys, _then.IssuerSigningKeys)
            && now.NameClaimType == _then.NameClaimType
            && now.RequireAudience == _then.RequireAudience
            && now.RequireExpirationTime == _then.RequireExpirationTime
            && now.RequireSignedTokens == _then.RequireSignedTokens
            && now.RoleClaimType == _then.RoleClaimType
            && now.TryAllIssuerSigningKeys == _then.TryAllIssuerSigningKeys
            && AreSame(now.ValidAlgorithms, _then.ValidAlgorithms)
            && now.ValidAudience == _then.ValidAudience
            && AreSame(now.ValidAudiences, _then.ValidAudiences)
            && now.ValidIssuer == _then.ValidIssuer
            && AreSame(now.ValidIssuers, _then.ValidIssuers)
            && AreSame(now.ValidTypes, _then.ValidTypes)
            && now.ValidateAudience == _then.ValidateAudience
            && now.ValidateIssuer == _then.ValidateIssuer
            && now.ValidateIssuerSigningKey == _then.ValidateIssuerSigningKey
            && now.ValidateLifetime == _then.ValidateLifetime
            && now.ValidateSignatureLast == _then.ValidateSignatureLast;
    }

    private static string? ObstacleIn(JwtBearerOptions options)
    {
        var parameters = options.TokenValidationParameters;
        if (Handler(options) is null)
        {
            return "it has a token handler of its own";
        }

        if (parameters.GetType() != typeof(TokenValidationParameters))
        {
            return $"its validation parameters are a {parameters.GetType().Name}";
        }

        if (ValidationSettings.Unknown is { } unknown)
        {
            return $"{unknown} is not known";
        }

        if (ValidationSettings.FindSet(parameters) is { } set)
        {
            return $"{set} is set";
        }

        if (!(IsList(parameters.ValidAlgorithms) && IsList(parameters.ValidAudiences) && IsList(parameters.ValidIssuers) && IsList(parameters.ValidTypes)
            && IsList(parameters.IssuerSigningKeys)))
        {
            return "one of its validation parameters is neither a list nor an array";
        }

        return options.ConfigurationManager is null or BaseConfigurationManager ? KeyResolverObstacleIn(parameters) : "it has a configuration manager of its own";
    }

    private static string? KeyResolverObstacleIn(TokenValidationParameters parameters) =>
        parameters.IssuerSigningKeyResolverUsingConfiguration is null || KeyIdResolver.IsAppliedTo(parameters)
            ? null
            : $"{nameof(parameters.IssuerSigningKeyResolverUsingConfiguration)} is set";

    private static JsonWebTokenHandler? Handler(JwtBearerOptions options) =>
        options is { UseSecurityTokenValidators: false, TokenHandlers: [JsonWebTokenHandler handler] } && handler.GetType() == typeof(JsonWebTokenHandler) ? handler : null;

    private static bool IsList<T>(IEnumerable<T>? values) => values is null or IList<T>;

    private static bool AreSame<T>(IEnumerable<T>? now, IEnumerable<T>? then)
        where T : class
    {
        if (now is null || then is null)
        {
            return now is null && then is null;
        }

        // What is neither a list nor an array may give another answer each time.
        if (now is not IList<T> list || list.Count != ((T[])then).Length)
        {
            return false;
        }

        for (var i = 0; i < list.Count; i++)
        {
            if (!Equals(list[i], ((T[])then)[i]))
            {
                return false;
            }
        }

        return true;
    }
}
