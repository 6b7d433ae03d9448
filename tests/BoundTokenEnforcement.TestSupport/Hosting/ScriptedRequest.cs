namespace BoundTokenEnforcement.TestSupport;

/// <summary>A request as a <see cref="ScriptedTlsServer"/> received it.</summary>
/// <param name="Connection">The connection that it came over.</param>
/// <param name="Method">The method.</param>
/// <param name="Target">The request target, as it was sent.</param>
/// <param name="Headers">The header lines, in order.</param>
/// <param name="Body">The body, decoded as Latin-1.</param>
public sealed record ScriptedRequest(
    ScriptedConnection Connection, string Method, string Target, IReadOnlyList<KeyValuePair<string, string>> Headers, string Body)
{
    /// <summary>The value of the one header with this name; <see langword="null"/> if there is none.</summary>
    public string? Header(string name) =>
        Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(static header => header.Value).SingleOrDefault();
}
