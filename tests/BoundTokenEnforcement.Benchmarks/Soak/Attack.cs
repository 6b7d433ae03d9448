namespace BoundTokenEnforcement.Benchmarks;

/// <summary>One way of trying to get in.</summary>
/// <param name="Name">What is tried.</param>
/// <param name="SendAsync">Tries it as this client, and returns the status.</param>
internal sealed record Attack(string Name, Func<SoakClient, Task<int>> SendAsync);
