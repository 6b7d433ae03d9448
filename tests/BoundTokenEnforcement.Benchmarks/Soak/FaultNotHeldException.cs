namespace BoundTokenEnforcement.Benchmarks;

/// <summary>Something that had to hold while a fault lasted did not.</summary>
internal sealed class FaultNotHeldException(string message) : Exception(message)
{
    internal static void ThrowUnless(bool held, string problem)
    {
        if (!held)
        {
            throw new FaultNotHeldException(problem);
        }
    }
}
