using System.Buffers;

namespace BoundTokenEnforcement;

/// <summary>The last element of an XFCC field, which is the nearest proxy's. Values that are not there are empty.</summary>
internal ref struct XfccElement
{
    private const string SpiffeScheme = "spiffe://";

    // SPIFFE-ID §2: nothing in it means anything to a reader of XFCC.
    private static readonly SearchValues<char> SpiffeCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_/");

    private ReadOnlySpan<char> _certificate;
    private ReadOnlySpan<char> _chain;
    private ReadOnlySpan<char> _hash;

    internal readonly ReadOnlySpan<char> Certificate => _certificate;

    internal readonly ReadOnlySpan<char> Chain => _chain;

    internal readonly ReadOnlySpan<char> Hash => _hash;

    /// <param name="value">The whole field.</param>
    /// <param name="allowsSpiffeNames">Whether an element before the last may have unquoted SPIFFE IDs.</param>
    /// <param name="element">The last one.</param>
    /// <returns><see langword="false"/> if any element cannot be read, or names a certificate, chain or hash twice or without a value.</returns>
    internal static bool TryReadLast(ReadOnlySpan<char> value, bool allowsSpiffeNames, out XfccElement element)
    {
        element = default;
        var mustBeLast = false;
        var reader = new XfccReader(value);
        while (reader.TryReadPair())
        {
            if ((reader.IsQuoted && !IsQuotedByProxies(reader.Name, reader.Value)) || !element.TrySet(reader.Name, reader.Value))
            {
                return false;
            }

            // Envoy neither quotes nor escapes the client's own URI and DNS names (envoyproxy/envoy#32945): what looks like one more element
            // behind them may be a name in the client's certificate. Only By, the proxy's own name, and Hash are bare and safe.
            mustBeLast |= !(reader.IsQuoted || Is(reader.Name, "Hash") || Is(reader.Name, "By") || (allowsSpiffeNames && Is(reader.Name, "URI") && IsSpiffeId(reader.Value)));
            if (reader.IsAtEnd)
            {
                return true;
            }

            if (reader.EndsElement)
            {
                if (mustBeLast)
                {
                    return false;
                }

                element = default;
            }
        }

        return false;
    }

    // Quotes anywhere else are the client's own: in a name of its certificate, which would hide where the name ends, or in a field that it sent, which
    // would swallow what the proxy appended. What is swallowed has separators, and no value that a proxy quotes has one: Cert and Chain are
    // percent-encoded, and RFC 2253 §2.4 escapes it in Subject.
    private static bool IsQuotedByProxies(ReadOnlySpan<char> name, ReadOnlySpan<char> value) =>
        (Is(name, "Cert") || Is(name, "Chain") || Is(name, "Subject") || Is(name, "Hash")) && !HasSeparator(value);

    private static bool HasSeparator(ReadOnlySpan<char> value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == ';')
            {
                return true;
            }

            if (value[i] == '\\')
            {
                i++;
            }
        }

        return false;
    }

    private bool TrySet(ReadOnlySpan<char> name, ReadOnlySpan<char> value) =>
        Is(name, "Cert") ? TrySet(ref _certificate, value)
        : Is(name, "Chain") ? TrySet(ref _chain, value)
        : !Is(name, "Hash") || TrySet(ref _hash, value);

    private static bool TrySet(ref ReadOnlySpan<char> target, ReadOnlySpan<char> value)
    {
        if (!target.IsEmpty || value.IsEmpty)
        {
            return false;
        }

        target = value;
        return true;
    }

    // Names are case-insensitive: a second Cert in other letters is a second one.
    private static bool Is(ReadOnlySpan<char> name, string wanted) => name.Equals(wanted, StringComparison.OrdinalIgnoreCase);

    private static bool IsSpiffeId(ReadOnlySpan<char> value) =>
        value.StartsWith(SpiffeScheme, StringComparison.Ordinal) && value.Length > SpiffeScheme.Length && !value[SpiffeScheme.Length..].ContainsAnyExcept(SpiffeCharacters);
}
