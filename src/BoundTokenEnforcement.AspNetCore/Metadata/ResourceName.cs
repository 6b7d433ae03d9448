namespace BoundTokenEnforcement;

/// <summary>The name under which the options of one resource stand; empty for the one that has none.</summary>
internal sealed record ResourceName(string Value);
