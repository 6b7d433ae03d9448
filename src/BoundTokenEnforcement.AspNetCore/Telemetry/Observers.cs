namespace BoundTokenEnforcement;

/// <summary>
/// Calls what only observes: log providers, and listeners to metrics. They are code of others, and what they throw must change neither an answer nor a
/// start nor a reload.
/// </summary>
internal static class Observers
{
    internal static void Notify<TState>(TState state, Action<TState> notify)
    {
        try
        {
            notify(state);
        }
#pragma warning disable CA1031 // See above.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
