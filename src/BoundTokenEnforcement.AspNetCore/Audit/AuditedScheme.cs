namespace BoundTokenEnforcement;

/// <summary>One authentication scheme, as the audit found it.</summary>
/// <param name="Name">The scheme's name.</param>
/// <param name="IsEnforced">Whether a stolen bound token is refused there.</param>
/// <param name="Treatment">What becomes of its successes, and why.</param>
public sealed record AuditedScheme(string Name, bool IsEnforced, string Treatment);
