namespace BoundTokenEnforcement;

/// <summary>
/// Which resources ever said that they support bound tokens: known to all clients of the application, for as long as it runs, also while metadata cannot be fetched.
/// </summary>
internal sealed class EnforcementHistory
{
    private const int Capacity = 10_000;

    private readonly BoundedMap<ResourceIdentifier, bool> _enforced = new(Capacity);

    internal void Add(ResourceIdentifier resource) => _enforced.GetOrAdd(resource, static _ => true);

    internal bool Contains(ResourceIdentifier resource) => _enforced.TryGet(resource, out _);
}
