using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>Writes what was measured, for people or for machines.</summary>
internal sealed record Report(Machine Machine, EndToEndOptions Options, IReadOnlyList<ReportRow> Rows, Measurements Measurements)
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal string ToMarkdown() => string.Join('\n',
    [
        $"Measured on {Machine.Text}. {Options.Rounds} rounds of {Options.Duration.TotalSeconds:0.##} s for each cell, {Options.Connections} connections, "
            + $"{Options.Tokens} tokens on {Options.TokenConnections} connections where there are many, seed {Options.Seed}"
            + $"{(Options.Pin ? ", server and load on different cores" : "")}. Intervals are of 95 %, over the rounds.",
        "",
        "| # | Measure | Target | Measured | |",
        "|---|---|---|--:|---|",
        .. Rows.Select(row => $"| {row.Target} | {row.Measure} | {row.Goal} | {row.Measured} | {row.Verdict} |"),
        "",
        "| Means | Requests/s | CPU µs per request | Allocated B per request | Logged B per request |",
        "|---|--:|--:|--:|--:|",
        .. Measurements.All.OrderBy(cell => cell.Key.ToString(), StringComparer.Ordinal).Select(cell => $"| {cell.Key} | {Of(cell.Key, Quantity.RequestsPerSecond, 0)} "
            + $"| {Of(cell.Key, Quantity.CpuMicrosecondsPerRequest, 1)} | {Of(cell.Key, Quantity.AllocatedBytesPerRequest, 0)} | {Of(cell.Key, Quantity.LogBytesPerRequest, 0)} |"),
    ]);

    internal string ToJson() => JsonSerializer.Serialize(
        new
        {
            Machine,
            Rounds = Options.Rounds,
            Seconds = Options.Duration.TotalSeconds,
            Options.Connections,
            Options.TokenConnections,
            Options.Tokens,
            Options.Seed,
            Options.Pin,
            Rows,
            Cells = Measurements.All.Select(cell => new { Cell = cell.Key.ToString(), Samples = cell.Value }),
        },
        Readable);

    private string Of(Cell cell, Quantity quantity, int digits) =>
        Measurements.Of(cell, quantity).Estimate.ToString($"F{digits}", CultureInfo.InvariantCulture);
}
