using System.Collections.ObjectModel;

namespace BoundTokenEnforcement;

/// <summary>One challenge of a <c>WWW-Authenticate</c> field, of whatever scheme (<see href="https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1">RFC 9110 §11.6.1</see>).</summary>
public sealed class AuthenticationChallenge
{
    /// <summary>The greatest number of characters of all field lines together; more are refused.</summary>
    /// <value>16384.</value>
    public const int MaxLength = 16384;

    internal AuthenticationChallenge(string scheme, string? token68, Dictionary<string, string> parameters)
    {
        Scheme = scheme;
        Token68 = token68;
        Parameters = new ReadOnlyDictionary<string, string>(parameters);
    }

    /// <summary>The name of the scheme as it was sent; to be compared without regard to case.</summary>
    public string Scheme { get; }

    /// <summary>What the challenge consists of instead of parameters; null when it has parameters or nothing.</summary>
    public string? Token68 { get; }

    /// <summary>The parameters, unquoted and unescaped. Names are found in any case, and none occurs twice.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; }

    /// <summary>
    /// Reads all challenges of a response, in their order. A challenge may not continue on the next field line. All or nothing: one malformed challenge, a
    /// parameter that occurs twice, or more than <see cref="MaxLength"/> characters, and none is returned.
    /// </summary>
    /// <param name="fieldLines">The values of the <c>WWW-Authenticate</c> lines; a null among them counts as empty.</param>
    /// <param name="challenges">The challenges; empty when the result is false, or when there are none.</param>
    /// <exception cref="ArgumentNullException"><paramref name="fieldLines"/> is null. Nothing that a server sends causes an exception.</exception>
    public static bool TryParseAll(IEnumerable<string?> fieldLines, out IReadOnlyList<AuthenticationChallenge> challenges)
    {
        ArgumentNullException.ThrowIfNull(fieldLines);
        challenges = [];
        var found = new List<AuthenticationChallenge>();
        var length = 0;
        foreach (var line in fieldLines)
        {
            var lineLength = line?.Length ?? 0;
            if (lineLength > MaxLength - length || !new ChallengeReader(line).TryReadAll(found))
            {
                return false;
            }

            length += lineLength;
        }

        challenges = found;
        return true;
    }
}
