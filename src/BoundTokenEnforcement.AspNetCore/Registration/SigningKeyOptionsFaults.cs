using System.Globalization;

namespace BoundTokenEnforcement;

/// <summary>What is wrong with the options about keys, all of it at once.</summary>
internal static class SigningKeyOptionsFaults
{
    internal static IEnumerable<string> Of(SigningKeyOptions options) =>
    [
        .. Outside(nameof(options.MaxAge), options.MaxAge, SigningKeyOptions.LeastMaxAge, SigningKeyOptions.MostMaxAge),
        .. Outside(nameof(options.MaxWait), options.MaxWait, TimeSpan.Zero, SigningKeyOptions.MostMaxWait),
        .. Outside(nameof(options.AttemptTimeout), options.AttemptTimeout, SigningKeyOptions.LeastAttemptTimeout, SigningKeyOptions.MostAttemptTimeout),
        .. Outside(nameof(options.MaxResponseBytes), options.MaxResponseBytes, SigningKeyOptions.LeastMaxResponseBytes, SigningKeyOptions.MostMaxResponseBytes),
    ];

    private static IEnumerable<string> Outside<T>(string option, T value, T least, T most)
        where T : IComparable<T> =>
        value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0
            ? []
            : [string.Create(
                CultureInfo.InvariantCulture,
                $"{BoundTokenEnforcementOptions.SectionName}:{nameof(BoundTokenEnforcementOptions.SigningKeys)}:{option} is {value}; it must lie between {least} and {most}.")];
}
