using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>Everything that was measured: for each cell one sample per round, in the order of the rounds.</summary>
internal sealed class Measurements
{
    private readonly Dictionary<Cell, List<Sample>> _samples = [];

    internal IEnumerable<KeyValuePair<Cell, List<Sample>>> All => _samples;

    internal void Add(Cell cell, Sample sample)
    {
        if (!_samples.TryGetValue(cell, out var samples))
        {
            _samples[cell] = samples = [];
        }

        samples.Add(sample);
    }

    internal bool Have(Cell cell) => _samples.ContainsKey(cell);

    internal Interval Of(Cell cell, Quantity quantity) => Interval.Of(Rounds(cell, quantity));

    internal Interval Ratio(Cell of, Cell against, Quantity quantity) => Interval.OfRatio(Rounds(of, quantity), Rounds(against, quantity));

    internal Interval Difference(Cell of, Cell against, Quantity quantity) => Interval.OfDifference(Rounds(of, quantity), Rounds(against, quantity));

    private double[] Rounds(Cell cell, Quantity quantity) => [.. _samples[cell].Select(sample => sample.Of(quantity))];
}
