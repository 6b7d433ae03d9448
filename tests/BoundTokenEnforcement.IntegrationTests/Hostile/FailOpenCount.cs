namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>How often an endpoint was entered with a token that had to be refused. There is one right number.</summary>
public static class FailOpenCount
{
    private static int _refusals;
    private static int _failedOpen;

    /// <summary>How many requests with a token had to be refused so far.</summary>
    public static int Refusals => Volatile.Read(ref _refusals);

    /// <summary>How many of them entered an endpoint as the token's subject.</summary>
    public static int FailedOpen => Volatile.Read(ref _failedOpen);

    /// <summary>Counts one request that has to be refused, before anything is asserted about it.</summary>
    /// <param name="entered">Whether an endpoint was entered as the token's subject.</param>
    public static void Add(bool entered)
    {
        Interlocked.Increment(ref _refusals);
        if (entered)
        {
            Interlocked.Increment(ref _failedOpen);
        }
    }
}
