using System.Globalization;

namespace BoundTokenEnforcement.TestSupport;

/// <summary>An HTTP/1.1 answer as it came over the wire.</summary>
/// <param name="Status">The status code; 0 if the server closed the connection without an answer.</param>
/// <param name="Headers">The header lines, in order, not merged.</param>
/// <param name="Body">What followed, undecoded.</param>
public sealed record RawResponse(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, string Body)
{
    /// <summary>The values of every line with this name.</summary>
    public IReadOnlyList<string> Values(string name) =>
        [.. Headers.Where(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value)];

    internal static RawResponse Parse(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return new RawResponse(0, [], text);
        }

        var lines = text[..end].Split("\r\n");
        var headers = lines[1..].Select(line =>
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            return KeyValuePair.Create(line[..colon], line[(colon + 1)..].Trim());
        });
        return new RawResponse(int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), [.. headers], text[(end + 4)..]);
    }
}
