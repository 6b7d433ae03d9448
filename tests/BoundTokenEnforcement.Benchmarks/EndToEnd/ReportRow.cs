namespace BoundTokenEnforcement.Benchmarks;

/// <summary>One row of the table.</summary>
/// <param name="Target">The number of the target, or a dash.</param>
/// <param name="Measure">What was measured against what.</param>
/// <param name="Goal">What it should be.</param>
/// <param name="Measured">What it was, with its interval.</param>
/// <param name="Verdict">Whether it was met.</param>
internal sealed record ReportRow(string Target, string Measure, string Goal, string Measured, string Verdict);
