using System.Globalization;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>What a measure should be.</summary>
/// <param name="Text">In words.</param>
/// <param name="Low">At least.</param>
/// <param name="High">At most.</param>
internal sealed record Goal(string Text, double Low, double High)
{
    /// <summary>Nothing is aimed at; the number is there to be looked at.</summary>
    internal static Goal None { get; } = new("–", double.NegativeInfinity, double.PositiveInfinity);

    internal static Goal AtLeast(double low, string unit) => new($"≥ {Number(low)} {unit}", low, double.PositiveInfinity);

    internal static Goal AtMost(double high, string unit) => new($"≤ {Number(high)} {unit}", double.NegativeInfinity, high);

    /// <summary>Not to be told from the control, or better than it.</summary>
    internal static Goal NotAbove(Interval control) => new("inside the A/A interval", double.NegativeInfinity, control.High);

    internal string Judge(Interval measured)
    {
        if (this == None)
        {
            return "–";
        }

        var verdict = IsMet(measured.Estimate) ? "met" : "missed";
        return IsMet(measured.Low) == IsMet(measured.High) ? verdict : $"{verdict}, not beyond doubt";
    }

    private bool IsMet(double value) => value >= Low && value <= High;

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
