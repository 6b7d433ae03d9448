namespace BoundTokenEnforcement.Benchmarks;

/// <summary>Which cells it takes to say what was asked.</summary>
internal static class CellPlan
{
    private static readonly Load[] Refusals = [Load.Mismatch, Load.NoCertificate, Load.BadSignature];

    internal static IReadOnlyList<Cell> Of(EndToEndOptions options) =>
        [.. options.Algorithms.SelectMany(algorithm => options.Loads.SelectMany(load => Of(options, load, algorithm))).Distinct().Where(cell => options.Variants.Contains(cell.Variant))];

    private static IEnumerable<Cell> Of(EndToEndOptions options, Load load, string algorithm) => load switch
    {
        Load.Accept => options.Variants.Where(IsForAccepting).SelectMany(variant => WithHttp2(options, new Cell(variant, algorithm, load))),
        Load.ManyTokens => [new(Variant.Plain, algorithm, load), new(Variant.Bound, algorithm, load), new(Variant.BoundCached, algorithm, load)],
        Load.Overflow => [new(Variant.Plain, algorithm, load), new(Variant.BoundSmallCache, algorithm, load)],
        _ when Refusals.Contains(load) =>
        [
            // A flood is judged by what it costs to serve somebody instead.
            new(Variant.Plain, algorithm, Load.Accept),
            new(Variant.Bound, algorithm, Load.Accept),
            new(Variant.BoundCached, algorithm, Load.Accept),
            new(Variant.Bound, algorithm, load),
            new(Variant.BoundCached, algorithm, load),
            new(Variant.BoundLogged, algorithm, load),
        ],
        // Starts servers of its own.
        _ => [],
    };

    private static bool IsForAccepting(Variant variant) => variant is not (Variant.BoundLogged or Variant.BoundSmallCache);

    private static IEnumerable<Cell> WithHttp2(EndToEndOptions options, Cell cell) =>
        options.Http2 && cell.Variant is (Variant.Plain or Variant.PlainAgain or Variant.Bound or Variant.BoundCached)
            ? [cell, cell with { IsHttp2 = true }]
            : [cell];
}
