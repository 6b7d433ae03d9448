namespace BoundTokenEnforcement;

/// <summary>The names of the clients that have a guard.</summary>
internal sealed class GuardedClients
{
    internal HashSet<string> Names { get; } = new(StringComparer.Ordinal);
}
