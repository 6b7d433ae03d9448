using System.Text.Json;

namespace BoundTokenEnforcement.Tests;

/// <summary>What is refused in each format, and what public reports have, as vectors.</summary>
public sealed class ForgeryVectorTests
{
    private const int LeastPerFormat = 10;

    private static readonly Forgery[] Forgeries = Read<Forgery>("forgeries");
    private static readonly Reported[] Reports = Read<Reported>("reported");

    public static TheoryData<string> ForgeryIds => [.. Forgeries.Select(forgery => forgery.Id)];

    public static TheoryData<string> ReportIds => [.. Reports.Select(report => report.Id)];

    [Theory]
    [MemberData(nameof(ForgeryIds))]
    public void Read_Forgery_MalformedAndItsTwinIsRead(string id)
    {
        var forgery = Forgeries.Single(forgery => forgery.Id == id);
        var twin = RecordedForm.Named(forgery.Twin);

        Assert.NotEmpty(forgery.What);
        Assert.Equal(forgery.Format, twin.Format);
        ProxyForms.AssertMalformed(forgery.Format, string.Concat(Enumerable.Repeat(forgery.Value, forgery.Times)));
        ProxyForms.AssertRead(twin.Format, twin.Value, twin.Der());
    }

    [Fact]
    public void Forgeries_EveryFormat_HasThem() => Assert.All(
        Enum.GetValues<ForwardedCertificateFormat>().Skip(1),
        format => Assert.InRange(Forgeries.Count(forgery => forgery.Format == format), LeastPerFormat, int.MaxValue));

    [Theory]
    [MemberData(nameof(ReportIds))]
    public void Read_ReportedForm_AsExpected(string id)
    {
        var report = Reports.Single(report => report.Id == id);
        if (report.Expect == "malformed")
        {
            ProxyForms.AssertMalformed(report.Format, report.Value);
            return;
        }

        Assert.Equal(ForwardedCertificateReading.Certificate, ForwardedCertificate.ReadThumbprint(report.Format, report.Value, out var thumbprint));
        Assert.Equal(report.Thumbprint, thumbprint.ToString());
        Assert.Equal(report.Expect == "certificate", ProxyForms.HoldsCertificate(report.Format));
        Assert.True(ForwardedCertificateChain.TryRead([report.Chain], out var chain));
        Assert.Equal(report.Chain is null ? 0 : 1, chain.Count);
        ForwardedCertificateList.DisposeAll(chain);
    }

    private static T[] Read<T>(string folder) => [.. Directory.EnumerateFiles(Repository.PathOf("tests", "vectors", "forwarding", folder), "*.json")
        .SelectMany(file => JsonSerializer.Deserialize<T[]>(File.ReadAllText(file), VectorFormat.Options)!)];

    private sealed record Forgery(string Id, string What, ForwardedCertificateFormat Format, string Value, int Times, string Twin);

    private sealed record Reported(string Id, string Why, string Field, ForwardedCertificateFormat Format, string Value, string? Chain, string Expect, string? Thumbprint);
}
