namespace BoundTokenEnforcement.Client.Tests;

/// <summary>A request as a server saw it.</summary>
internal sealed record SeenRequest(string Path, string? Authorization, string? Thumbprint, IReadOnlyDictionary<string, string> Form);
