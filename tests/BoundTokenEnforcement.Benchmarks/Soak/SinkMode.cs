namespace BoundTokenEnforcement.Benchmarks;

/// <summary>What somebody else's code does when it is called.</summary>
internal enum SinkMode
{
    Quiet,
    Throw,
    Block,
}
