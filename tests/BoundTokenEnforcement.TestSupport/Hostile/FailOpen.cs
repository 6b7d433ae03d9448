namespace BoundTokenEnforcement.TestSupport;

/// <summary>
/// Counts, over a whole test run, how often a bound token was tried without its proof, and how often an endpoint was entered all the same.
/// The second number must be 0.
/// </summary>
public static class FailOpen
{
    private static int _attempts;
    private static int _entered;

    /// <summary>How often a bound token was tried without its proof.</summary>
    public static int Attempts => Volatile.Read(ref _attempts);

    /// <summary>How often it got in.</summary>
    public static int Entered => Volatile.Read(ref _entered);

    /// <summary>The number, as the test run prints it.</summary>
    public static string Report => $"FAIL OPEN: {Entered} of {Attempts} attempts";

    /// <summary>To be called for each attempt before it is judged, so that a failing test does not hide what it found.</summary>
    /// <param name="entered">Whether an endpoint was entered.</param>
    public static void Count(bool entered)
    {
        Interlocked.Increment(ref _attempts);
        if (entered)
        {
            Interlocked.Increment(ref _entered);
        }
    }
}
