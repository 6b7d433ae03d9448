using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>A request, down to the bytes of its header lines.</summary>
/// <param name="Certificate">The client certificate shown when the server asks.</param>
/// <param name="HeaderLines">Raw header lines, one character one byte.</param>
public sealed record RequestShape(X509Certificate2? Certificate, params string[] HeaderLines)
{
    /// <summary>Certificates that the client appends to its own without proof of their keys.</summary>
    public IReadOnlyList<X509Certificate2> ExtraCertificates { get; init; } = [];

    /// <summary>The method.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>Path and query.</summary>
    public string Target { get; init; } = "/";

    /// <summary>The body, with its media type.</summary>
    public (string MediaType, string Text)? Body { get; init; }

    /// <summary>What must not be found in any log: usually the token.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>Whether an HTTP library can send it: no header twice, and printable ASCII.</summary>
    public bool IsOrdinary => HeaderLines.Select(l => l.Split(':')[0]).Distinct(StringComparer.OrdinalIgnoreCase).Count() == HeaderLines.Length && HeaderLines.All(l => l.All(c => c is >= ' ' and <= '~') && !l.EndsWith(' '));
}
