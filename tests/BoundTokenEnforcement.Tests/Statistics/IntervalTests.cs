using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Tests;

public class IntervalTests
{
    [Fact]
    public void Of_KnownSample_IsTheTextbookInterval()
    {
        // Mean 3, standard deviation √2.5, 5 rounds: 3 ± 2.776 · 0.7071.
        var interval = Interval.Of([1, 2, 3, 4, 5]);
        Assert.Equal(3, interval.Estimate, 12);
        Assert.Equal(3 - 1.963, interval.Low, 3);
        Assert.Equal(3 + 1.963, interval.High, 3);
    }

    [Fact]
    public void OfRatio_TheSameTwice_IsExactlyOne() =>
        Assert.Equal(new Interval(1, 1, 1), Interval.OfRatio([10, 20, 40], [10, 20, 40]));

    [Fact]
    public void OfRatio_MachineDriftsBetweenRounds_TheDriftCancels()
    {
        var interval = Interval.OfRatio([30, 60, 12], [10, 20, 4]);
        Assert.Equal(3, interval.Estimate, 9);
        Assert.Equal(3, interval.Low, 9);
        Assert.Equal(3, interval.High, 9);
    }

    [Fact]
    public void OfRatio_TurnedRound_IsTheInverse()
    {
        double[] of = [11, 19, 44, 30];
        double[] against = [10, 21, 40, 33];
        var there = Interval.OfRatio(of, against);
        var back = Interval.OfRatio(against, of);
        Assert.Equal(there.Estimate, 1 / back.Estimate, 9);
        Assert.Equal(there.Low, 1 / back.High, 9);
        Assert.Equal(there.High, 1 / back.Low, 9);
    }

    [Fact]
    public void OfDifference_ConstantOffset_IsTheOffset() =>
        Assert.Equal(new Interval(8, 8, 8), Interval.OfDifference([108, 208, 308], [100, 200, 300]));

    [Fact]
    public void OfRatio_OneRound_KnowsNoLimits()
    {
        var interval = Interval.OfRatio([2], [1]);
        Assert.Equal(2, interval.Estimate, 12);
        Assert.Equal(0, interval.Low);
        Assert.Equal(double.PositiveInfinity, interval.High);
    }

    [Theory]
    [InlineData(31, 2.0395)]
    [InlineData(60, 2.0003)]
    [InlineData(1000, 1.9623)]
    public void Of_MoreRoundsThanTheTable_WidthGoesOnWithoutAStep(int degreesOfFreedom, double quantile)
    {
        // Two values, as often as there are rounds: the standard error is known.
        var rounds = Enumerable.Range(0, degreesOfFreedom + 1).Select(i => i % 2 == 0 ? -1.0 : 1.0).ToArray();
        var mean = rounds.Average();
        var error = Math.Sqrt(rounds.Sum(v => (v - mean) * (v - mean)) / degreesOfFreedom / rounds.Length);
        Assert.Equal(quantile, (Interval.Of(rounds).High - mean) / error, 0.002);
    }

    [Fact]
    public void OfSlope_StraightLine_IsItsSlope()
    {
        var interval = Interval.OfSlope([10, 13, 16, 19]);
        Assert.Equal(3, interval.Estimate, 9);
        Assert.Equal(3, interval.Low, 6);
        Assert.Equal(3, interval.High, 6);
    }

    [Fact]
    public void OfSlope_KnownSample_IsTheTextbookInterval()
    {
        // Slope 0.6, residual variance 0.8, spread 10: 0.6 ± 3.182 · 0.2828.
        var interval = Interval.OfSlope([2, 4, 5, 4, 5]);
        Assert.Equal(0.6, interval.Estimate, 9);
        Assert.Equal(0.6 - 0.900, interval.Low, 3);
        Assert.Equal(0.6 + 0.900, interval.High, 3);
    }

    [Fact]
    public void OfSlope_UpAndDown_MayBeNothing() => Assert.True(Interval.OfSlope([5, 7, 5, 7, 5, 7, 5]) is { Low: < 0, High: > 0 });

    [Fact]
    public void OfSlope_TwoRounds_Throws() => Assert.Throws<ArgumentException>(() => Interval.OfSlope([1, 2]));

    [Fact]
    public void OfRatio_RoundsMissing_Throws() => Assert.Throws<ArgumentException>(() => Interval.OfRatio([1, 2], [1]));

    [Fact]
    public void OfRatio_NothingMeasured_Throws() => Assert.Throws<ArgumentException>(() => Interval.OfRatio([0, 2], [1, 1]));

    [Fact]
    public void Of_NoRounds_Throws() => Assert.Throws<ArgumentException>(() => Interval.Of([]));
}
