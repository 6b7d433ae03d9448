using System.Globalization;

namespace BoundTokenEnforcement;

/// <summary>
/// Percent escapes in a path that move a request elsewhere when one server on the way decodes them and another does not: separators, control characters, and
/// what becomes one of these, or a dot, when decoded more than once.
/// </summary>
internal static class AmbiguousEscape
{
    public static bool IsIn(ReadOnlySpan<char> path)
    {
        for (var percent = path.IndexOf('%'); percent >= 0; percent = path.IndexOf('%'))
        {
            path = path[(percent + 1)..];
            var encodedAgain = false;
            var octet = path;
            while (octet.StartsWith("25", StringComparison.Ordinal))
            {
                octet = octet[2..];
                encodedAgain = true;
            }

            if (octet.Length >= 2
                && byte.TryParse(octet[..2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
                && (value is (byte)'/' or (byte)'\\' or < 0x20 or 0x7F || (encodedAgain && value == (byte)'.')))
            {
                return true;
            }
        }

        return false;
    }
}
