using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>The targets that can be seen end to end, as rows of the table. A row whose cells were not measured is left out.</summary>
internal sealed class Targets(Measurements measurements)
{
    private const string Times = "×";
    private const string Bytes = "B";

    internal IEnumerable<ReportRow> Rows(IEnumerable<string> algorithms) => algorithms.SelectMany(Rows).OfType<ReportRow>();

    private IEnumerable<ReportRow?> Rows(string algorithm)
    {
        Cell Accept(Variant variant, bool isHttp2 = false) => new(variant, algorithm, Load.Accept, isHttp2);
        Cell Refuse(Variant variant, Load load) => new(variant, algorithm, load);
        var isElliptic = algorithm == "ES256";
        var plain = Accept(Variant.Plain);
        var bound = Accept(Variant.Bound);
        var cached = Accept(Variant.BoundCached);
        var control = Accept(Variant.PlainAgain);

        yield return Ratio("A/A", control, plain, Quantity.RequestsPerSecond, Goal.None);
        yield return Ratio("A/A", control, plain, Quantity.CpuMicrosecondsPerRequest, Goal.None);
        yield return Difference("A/A", control, plain, Quantity.AllocatedBytesPerRequest, Goal.None);
        yield return Difference("P1", bound, plain, Quantity.AllocatedBytesPerRequest, Goal.AtMost(8, Bytes));
        yield return Ratio("P3", bound, plain, Quantity.CpuMicrosecondsPerRequest, InsideControl(control, plain));
        yield return Ratio("–", bound, plain, Quantity.RequestsPerSecond, Goal.None);
        yield return Ratio("P4", bound, Accept(Variant.OpenIddict), Quantity.RequestsPerSecond, Goal.AtLeast(isElliptic ? 1.25 : 1.5, Times));
        yield return Ratio("–", bound, Accept(Variant.OpenIddict), Quantity.CpuMicrosecondsPerRequest, Goal.None);
        yield return Ratio("P5", cached, plain, Quantity.RequestsPerSecond, Goal.AtLeast(isElliptic ? 3.3 : 2, Times));
        yield return Ratio("P5", Refuse(Variant.BoundCached, Load.ManyTokens), Refuse(Variant.Plain, Load.ManyTokens), Quantity.RequestsPerSecond, Goal.AtLeast(2.2, Times));
        yield return Ratio("P6", cached, Accept(Variant.None), Quantity.CpuMicrosecondsPerRequest, Goal.AtMost(1.25, Times));
        var remembered = Accept(Variant.BoundIdentities);
        yield return Ratio("F3", remembered, plain, Quantity.RequestsPerSecond, Goal.AtLeast(isElliptic ? 3.2 : 1.9, Times));
        yield return Ratio("F3", remembered, Accept(Variant.None), Quantity.RequestsPerSecond, Goal.AtLeast(0.85, Times));
        yield return Ratio("–", remembered, cached, Quantity.CpuMicrosecondsPerRequest, Goal.None);
        yield return Absolute("F3", remembered, Quantity.AllocatedBytesPerRequest, Goal.AtMost(4000, Bytes));
        foreach (var load in (Load[])[Load.Mismatch, Load.NoCertificate])
        {
            yield return Ratio("P7", Refuse(Variant.Bound, load), plain, Quantity.RequestsPerSecond, Goal.AtLeast(3, Times));
            yield return Ratio("P7", Refuse(Variant.BoundCached, load), cached, Quantity.RequestsPerSecond, Goal.AtLeast(0.9, Times));
        }

        yield return Ratio("P8", Refuse(Variant.Bound, Load.BadSignature), bound, Quantity.CpuMicrosecondsPerRequest, Goal.AtMost(1.1, Times));
        foreach (var load in (Load[])[Load.Mismatch, Load.NoCertificate, Load.BadSignature])
        {
            yield return Absolute("P8", Refuse(Variant.BoundLogged, load), Quantity.LogBytesPerRequest, Goal.AtMost(1000, Bytes));
            yield return Difference("P8", Refuse(Variant.BoundLogged, load), Refuse(Variant.Bound, load), Quantity.AllocatedBytesPerRequest, Goal.AtMost(2000, Bytes));
        }

        yield return Ratio("P9", Refuse(Variant.BoundSmallCache, Load.Overflow), Refuse(Variant.Plain, Load.Overflow), Quantity.CpuMicrosecondsPerRequest, Goal.AtMost(1.03, Times));
        yield return Difference("–", Accept(Variant.Forwarded), plain, Quantity.AllocatedBytesPerRequest, Goal.None);
        yield return Ratio("–", Accept(Variant.Forwarded), plain, Quantity.CpuMicrosecondsPerRequest, Goal.None);

        var plain2 = Accept(Variant.Plain, isHttp2: true);
        var control2 = Accept(Variant.PlainAgain, isHttp2: true);
        yield return Ratio("A/A", control2, plain2, Quantity.CpuMicrosecondsPerRequest, Goal.None);
        yield return Difference("P1", Accept(Variant.Bound, isHttp2: true), plain2, Quantity.AllocatedBytesPerRequest, Goal.AtMost(8, Bytes));
        yield return Ratio("P3", Accept(Variant.Bound, isHttp2: true), plain2, Quantity.CpuMicrosecondsPerRequest, InsideControl(control2, plain2));
        yield return Ratio("–", Accept(Variant.BoundCached, isHttp2: true), plain2, Quantity.RequestsPerSecond, Goal.None);
    }

    private Goal InsideControl(Cell control, Cell plain) =>
        Have(control, plain) ? Goal.NotAbove(measurements.Ratio(control, plain, Quantity.CpuMicrosecondsPerRequest)) : Goal.None;

    private ReportRow? Ratio(string target, Cell of, Cell against, Quantity quantity, Goal goal) =>
        Have(of, against) ? Row(target, $"{Name(quantity)}: {of} / {against}", goal, measurements.Ratio(of, against, quantity), digits: 3, Times) : null;

    private ReportRow? Difference(string target, Cell of, Cell against, Quantity quantity, Goal goal) =>
        Have(of, against) ? Row(target, $"{Name(quantity)}: {of} − {against}", goal, measurements.Difference(of, against, quantity), digits: 1, Bytes) : null;

    private ReportRow? Absolute(string target, Cell of, Quantity quantity, Goal goal) =>
        measurements.Have(of) ? Row(target, $"{Name(quantity)}: {of}", goal, measurements.Of(of, quantity), digits: 1, Bytes) : null;

    private bool Have(Cell of, Cell against) => measurements.Have(of) && measurements.Have(against);

    private static ReportRow Row(string target, string measure, Goal goal, Interval measured, int digits, string unit) =>
        new(target, measure, goal.Text, $"{measured.ToString(digits)} {unit}", goal.Judge(measured));

    private static string Name(Quantity quantity) => quantity switch
    {
        Quantity.RequestsPerSecond => "requests/s",
        Quantity.CpuMicrosecondsPerRequest => "CPU of the server per request",
        Quantity.AllocatedBytesPerRequest => "allocated per request",
        _ => "logged per request",
    };
}
