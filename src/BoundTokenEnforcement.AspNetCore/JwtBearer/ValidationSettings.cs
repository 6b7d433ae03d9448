using System.Reflection;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>
/// The settings of <see cref="TokenValidationParameters"/> whose names need not be known when this is compiled: the token library of the application may be
/// older or newer. Those that <see cref="ValidationInputs"/> compares are not among them.
/// </summary>
internal static class ValidationSettings
{
    /// <summary>Settings that must have their default: code of the application, state outside of it, or a meaning that depends on the request.</summary>
    internal static readonly string[] MustBeUnset =
    [
        "ActorValidationParameters", "AlgorithmValidator", "AudienceValidator", "ConfigurationManager", "IgnoreCaseWhenValidatingAudience",
        "IssuerSigningKeyResolver", "IssuerSigningKeyValidator", "IssuerSigningKeyValidatorUsingConfiguration", "IssuerValidator", "IssuerValidatorAsync",
        "IssuerValidatorUsingConfiguration", "LifetimeValidator", "NameClaimTypeRetriever", "PropertyBag", "RefreshBeforeValidation", "RoleClaimTypeRetriever",
        "SaveSigninToken", "SignatureValidator", "SignatureValidatorUsingConfiguration", "TimeProvider", "TokenReader", "TokenReplayCache",
        "TokenReplayValidator", "TransformBeforeSignatureValidation", "TryReadJwtClaim", "TypeValidator", "ValidateActor", "ValidateTokenReplay",
    ];

    /// <summary>Settings that change no answer: of logs, of failures, and of encrypted tokens, which are not remembered.</summary>
    internal static readonly string[] WithoutEffect =
    [
        "DebugId", "IncludeTokenOnFailedValidation", "InstancePropertyBag", "IsClone", "LogTokenId", "LogValidationExceptions", "TokenDecryptionKey",
        "TokenDecryptionKeyResolver", "TokenDecryptionKeys", "TryAllDecryptionKeys", "ValidateWithLKG",
    ];

    private static readonly PropertyInfo[] All =
        typeof(TokenValidationParameters).GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);

    // Two tables, so that nothing is boxed: each request asks.
    private static readonly Setting<object?>[] Objects = [.. Named(static type => !type.IsValueType).Select(static setting => new Setting<object?>(setting))];

    private static readonly Setting<bool>[] Flags = [.. Named(static type => type == typeof(bool)).Select(static setting => new Setting<bool>(setting))];

    /// <summary>A setting that nothing is known about; <see langword="null"/> if there is none.</summary>
    internal static string? Unknown { get; } = All
        .Select(static setting => setting.Name)
        .Except([.. ValidationInputs.Compared, .. WithoutEffect, .. Objects.Select(static setting => setting.Name), .. Flags.Select(static setting => setting.Name)])
        .FirstOrDefault();

    /// <returns>A setting that must have its default and has not; <see langword="null"/> if there is none.</returns>
    internal static string? FindSet(TokenValidationParameters parameters)
    {
        foreach (var setting in Objects)
        {
            if (!ReferenceEquals(setting.Get(parameters), setting.Default))
            {
                return setting.Name;
            }
        }

        foreach (var setting in Flags)
        {
            if (setting.Get(parameters) != setting.Default)
            {
                return setting.Name;
            }
        }

        return null;
    }

    private static IEnumerable<PropertyInfo> Named(Func<Type, bool> type) => All.Where(setting => MustBeUnset.Contains(setting.Name) && type(setting.PropertyType));

    private sealed class Setting<T>
    {
        internal Setting(PropertyInfo setting)
        {
            Name = setting.Name;
            Get = setting.GetMethod!.CreateDelegate<Func<TokenValidationParameters, T>>();
            Default = Get(new TokenValidationParameters());
        }

        internal string Name { get; }

        internal Func<TokenValidationParameters, T> Get { get; }

        internal T Default { get; }
    }
}
