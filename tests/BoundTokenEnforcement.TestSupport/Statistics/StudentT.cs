namespace BoundTokenEnforcement.TestSupport;

/// <summary>Quantiles of Student's t distribution.</summary>
internal static class StudentT
{
    private static readonly double[] Table =
    [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
        2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
    ];

    /// <summary>How many standard errors lie on each side of a mean that is right in 95 of 100 cases.</summary>
    internal static double TwoSided95(int degreesOfFreedom)
    {
        if (degreesOfFreedom <= Table.Length)
        {
            return Table[degreesOfFreedom - 1];
        }

        // Behind the table: the first two terms of the expansion around the normal distribution, exact to three digits there.
        const double normal = 1.959964;
        const double cube = normal * normal * normal;
        const double fifth = cube * normal * normal;
        return normal
            + ((cube + normal) / (4 * degreesOfFreedom))
            + (((5 * fifth) + (16 * cube) + (3 * normal)) / (96.0 * degreesOfFreedom * degreesOfFreedom));
    }
}
