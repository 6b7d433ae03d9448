using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace BoundTokenEnforcement;

/// <summary>What a member of the metadata may hold. Reading asks these rules first; setting a property enforces them.</summary>
internal static class MetadataValue
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static bool IsJwksUri(string value) => HttpsUrl.TryParse(value, out _, out _);

    public static bool IsBearerMethod(string value) => value is "header" or "body" or "query";

    // `none` is not the only spelling that careless libraries take for it.
    public static bool IsSigningAlgorithm(string value) => !value.Equals("none", StringComparison.OrdinalIgnoreCase);

    /// <summary>The shape of a BCP 47 tag: subtags of one to eight letters and digits, joined by hyphens.</summary>
    public static bool IsLanguageTag(ReadOnlySpan<char> tag)
    {
        foreach (var range in tag.Split('-'))
        {
            var subtag = tag[range];
            if (subtag.Length is 0 or > 8)
            {
                return false;
            }

            foreach (var character in subtag)
            {
                if (!char.IsAsciiLetterOrDigit(character))
                {
                    return false;
                }
            }
        }

        return true;
    }

    [return: NotNullIfNotNull(nameof(value))]
    public static string? Text(string? value, Func<string, bool>? accepts = null, [CallerMemberName] string property = "")
    {
        if (value is null)
        {
            return null;
        }

        try
        {
            _ = StrictUtf8.GetByteCount(value);
        }
        catch (EncoderFallbackException unpaired)
        {
            throw new ArgumentException($"{property} contains half of a surrogate pair, which JSON cannot carry.", property, unpaired);
        }

        return accepts is null || accepts(value) ? value : throw new ArgumentException($"{property} does not allow this value (RFC 9728 §2).", property);
    }

    [return: NotNullIfNotNull(nameof(values))]
    public static IReadOnlyList<string>? List(IReadOnlyList<string>? values, Func<string, bool>? accepts = null, [CallerMemberName] string property = "")
    {
        if (values is null)
        {
            return null;
        }

        // A copy, so that later changes do not affect the document.
        string[] copy = [.. values];
        foreach (var value in copy)
        {
            _ = Text(value, accepts, property) ?? throw new ArgumentException($"{property} contains a null.", property);
        }

        return Array.AsReadOnly(copy);
    }

    public static IReadOnlyDictionary<string, string> Variants(IReadOnlyDictionary<string, string> values, [CallerMemberName] string property = "")
    {
        ArgumentNullException.ThrowIfNull(values, property);
        var copy = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (tag, value) in values)
        {
            if (!IsLanguageTag(tag) || value is null || !copy.TryAdd(tag, Text(value, property: property)))
            {
                throw new ArgumentException($"{property} has a malformed language tag, two tags that differ in case only, or a null.", property);
            }
        }

        // RFC 9728 §2.1: language tags are read without regard to case.
        return copy.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
