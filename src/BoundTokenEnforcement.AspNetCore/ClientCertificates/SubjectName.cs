using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement;

/// <summary>Compares distinguished names attribute by attribute.</summary>
internal static class SubjectName
{
    // Not by their bytes: one text may be encoded as several types of string (RFC 5280 §4.1.2.4). Nor by their text, in which a value can look like attributes.
    internal static bool AreSame(X500DistinguishedName one, X500DistinguishedName other)
    {
        var ours = one.EnumerateRelativeDistinguishedNames().ToList();
        var theirs = other.EnumerateRelativeDistinguishedNames().ToList();
        return ours.Count > 0 && ours.Count == theirs.Count && ours.Zip(theirs).All(static pair => AreSame(pair.First, pair.Second));
    }

    private static bool AreSame(X500RelativeDistinguishedName one, X500RelativeDistinguishedName other)
    {
        if (one.HasMultipleElements || other.HasMultipleElements)
        {
            return one.RawData.Span.SequenceEqual(other.RawData.Span);
        }

        return one.GetSingleElementType().Value == other.GetSingleElementType().Value
            && one.GetSingleElementValue() is { } value
            && string.Equals(value, other.GetSingleElementValue(), StringComparison.Ordinal);
    }
}
