namespace BoundTokenEnforcement;

/// <summary>The scheme that is being asked right now. What a handler's ticket calls itself is the handler's own affair.</summary>
internal sealed record RequestedScheme(string? Name);
