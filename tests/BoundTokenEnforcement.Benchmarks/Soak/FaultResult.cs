namespace BoundTokenEnforcement.Benchmarks;

/// <summary>What became of one fault.</summary>
/// <param name="Fault">Its name.</param>
/// <param name="Seen">What was seen.</param>
/// <param name="Problems">What did not hold.</param>
/// <param name="IsFault">Whether anything was wrong at all.</param>
/// <param name="Attempts">How many attacks were made meanwhile.</param>
/// <param name="Entered">How many of them were let in.</param>
internal sealed record FaultResult(string Fault, string Seen, IReadOnlyList<string> Problems, bool IsFault = true, int Attempts = 0, int Entered = 0)
{
    internal bool Held => Problems.Count == 0;
}
