using System.Globalization;

namespace BoundTokenEnforcement.TestSupport;

/// <summary>An estimate with its 95 % confidence interval, by Student's t over paired rounds.</summary>
/// <param name="Estimate">The mean; of ratios the geometric one.</param>
/// <param name="Low">The lower end; minus infinity if there are too few rounds to tell.</param>
/// <param name="High">The upper end; infinity if there are too few rounds to tell.</param>
public readonly record struct Interval(double Estimate, double Low, double High)
{
    /// <summary>
    /// The ratio of two things that were measured in the same rounds. Taken over logarithms, so that a ratio and its inverse say the same.
    /// </summary>
    /// <exception cref="ArgumentException">The numbers of rounds differ, there are none, or a number is not positive.</exception>
    public static Interval OfRatio(IReadOnlyList<double> of, IReadOnlyList<double> against)
    {
        var logs = Paired(of, against, static (a, b) => a > 0 && b > 0
            ? Math.Log(a / b)
            : throw new ArgumentException("A ratio needs positive numbers.", nameof(of)));
        var (estimate, low, high) = Of(logs);
        return new Interval(Math.Exp(estimate), Math.Exp(low), Math.Exp(high));
    }

    /// <summary>The difference of two things that were measured in the same rounds.</summary>
    /// <exception cref="ArgumentException">The numbers of rounds differ, or there are none.</exception>
    public static Interval OfDifference(IReadOnlyList<double> of, IReadOnlyList<double> against) => Of(Paired(of, against, static (a, b) => a - b));

    /// <summary>The mean of one thing.</summary>
    /// <exception cref="ArgumentException">There are no rounds.</exception>
    public static Interval Of(IReadOnlyList<double> rounds)
    {
        ArgumentNullException.ThrowIfNull(rounds);
        if (rounds.Count == 0)
        {
            throw new ArgumentException("Nothing was measured.", nameof(rounds));
        }

        var mean = rounds.Average();
        if (rounds.Count == 1)
        {
            return new Interval(mean, double.NegativeInfinity, double.PositiveInfinity);
        }

        var variance = rounds.Sum(value => (value - mean) * (value - mean)) / (rounds.Count - 1);
        var margin = StudentT.TwoSided95(rounds.Count - 1) * Math.Sqrt(variance / rounds.Count);
        return new Interval(mean, mean - margin, mean + margin);
    }

    /// <summary>By how much something grows from one round to the next: the slope of the straight line through the rounds.</summary>
    /// <exception cref="ArgumentException">There are fewer than three rounds.</exception>
    public static Interval OfSlope(IReadOnlyList<double> rounds)
    {
        ArgumentNullException.ThrowIfNull(rounds);
        if (rounds.Count < 3)
        {
            throw new ArgumentException("A line needs three points to be doubted.", nameof(rounds));
        }

        var middle = (rounds.Count - 1) / 2.0;
        var mean = rounds.Average();
        var spread = rounds.Select((_, i) => (i - middle) * (i - middle)).Sum();
        var slope = rounds.Select((value, i) => (i - middle) * (value - mean)).Sum() / spread;
        var residual = rounds.Select((value, i) => value - mean - (slope * (i - middle))).Sum(static rest => rest * rest) / (rounds.Count - 2);
        var margin = StudentT.TwoSided95(rounds.Count - 2) * Math.Sqrt(residual / spread);
        return new Interval(slope, slope - margin, slope + margin);
    }

    /// <summary>The three numbers with this many digits behind the point.</summary>
    public string ToString(int digits)
    {
        var format = "F" + digits.ToString(CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{Text(Estimate, format)} [{Text(Low, format)}, {Text(High, format)}]");
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static double[] Paired(IReadOnlyList<double> of, IReadOnlyList<double> against, Func<double, double, double> pair)
    {
        ArgumentNullException.ThrowIfNull(of);
        ArgumentNullException.ThrowIfNull(against);
        return of.Count == against.Count
            ? [.. of.Zip(against, pair)]
            : throw new ArgumentException("Each round must have measured both.", nameof(against));
    }
}
