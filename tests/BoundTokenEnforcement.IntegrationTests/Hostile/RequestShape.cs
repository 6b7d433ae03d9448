using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>A request, down to the bytes of its header lines.</summary>
/// <param name="Certificate">The client certificate shown when the server asks.</param>
/// <param name="HeaderLines">Raw header lines, one character one byte.</param>
public sealed record RequestShape(X509Certificate2? Certificate, params string[] HeaderLines)
{
    /// <summary>The method.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>Path and query.</summary>
    public string Target { get; init; } = "/";

    /// <summary>The body, with its media type.</summary>
    public (string MediaType, string Text)? Body { get; init; }

    /// <summary>What must not be found in any log: usually the token.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>Whether an HTTP library can send it: one Authorization line of printable ASCII at most.</summary>
    public bool IsOrdinary => HeaderLines.Length <= 1 && HeaderLines.All(l => l.All(c => c is >= ' ' and <= '~') && !l.EndsWith(' '));
}
