using System.Reflection;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement.Tests.Documentation;

/// <summary><c>docs/reference/diagnostics.md</c> against what the assembly really tells.</summary>
public sealed class DiagnosticsTests
{
    private const int FirstOtherEvent = 200;

    private static readonly MarkdownDocument Page = Repository.Document("docs/reference/diagnostics.md");

    private static readonly LoggerMessageAttribute[] Events =
    [
        .. typeof(BoundTokenEnforcementOptions).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>()
            .OrderBy(message => message.EventId),
    ];

    public static TheoryData<BindingFailure> Failures => [.. Enum.GetValues<BindingFailure>()];

    [Theory]
    [MemberData(nameof(Failures))]
    public void Failure_Documented_HasNumberEventAnswerAndAdvice(BindingFailure failure)
    {
        var told = Assert.Single(Events, message => message.EventName == failure.ToString());

        Assert.Contains(failure.ToString().ToLowerInvariant(), Page.Anchors);
        var (facts, advice) = Page.Text(failure.ToString()).Trim().Split("\n\n", 2) is [var first, var rest] ? (first, rest) : default;
        Assert.Equal($"Number {(int)failure}, event {told.EventId} {told.Level}, answer {Answer(failure)}.", facts);
        Assert.False(string.IsNullOrWhiteSpace(advice));
    }

    [Fact]
    public void Failures_Documented_AreAllThereAreInTheirOrder() =>
        Assert.Equal(
            Enum.GetNames<BindingFailure>(),
            Page.Headings.SkipWhile(heading => heading != "Refusals").Skip(1).TakeWhile(heading => heading != "Other events"));

    [Fact]
    public void Events_OfTheAssembly_AreAllDocumented()
    {
        Assert.Equal(Enum.GetNames<BindingFailure>().Order(), Events.Where(message => message.EventId < FirstOtherEvent).Select(message => message.EventName).Order());
        Assert.Equal(
            Events.Where(message => message.EventId >= FirstOtherEvent).Select(message => $"{message.EventId} {message.EventName} {message.Level}"),
            Page.Table("Event").Select(row => $"{row[0]} {row[1]} {row[2]}"));
    }

    [Fact]
    public void Categories_Documented_AreTypesThatLog()
    {
        var loggers = typeof(BoundTokenEnforcementOptions).Assembly.GetTypes()
            .SelectMany(type => type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            .SelectMany(constructor => constructor.GetParameters())
            .Select(parameter => parameter.ParameterType)
            .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ILogger<>))
            .Select(type => type.GenericTypeArguments[0].FullName);

        Assert.Equal(loggers.Distinct().Order(), Page.Table("Event").Select(row => $"BoundTokenEnforcement.{row[3]}").Distinct().Order());
    }

    [Fact]
    public void Metrics_Documented_HaveTheNamesThatAreUsed()
    {
        var tags = Constants("Tag");
        var instruments = Page.Table("Instrument");

        Assert.Contains($"`{BoundTokenTelemetry.MeterName}`", Page.Text("Metrics"), StringComparison.Ordinal);
        Assert.Equal([.. Constants("CounterName"), .. Constants("HistogramName")], instruments.Select(instrument => instrument[0]));
        Assert.All(instruments, instrument => Assert.Subset(tags.ToHashSet(), instrument[3].Split(", ").Select(tag => tag.Trim('`')).ToHashSet()));
        Assert.Equal(tags, instruments.SelectMany(instrument => instrument[3].Split(", ")).Select(tag => tag.Trim('`')).Distinct());
        Assert.Equal(tags, Page.Table("Tag").Select(row => row[0]));
        Assert.Contains($"`{BoundTokenTelemetry.OutcomeTag}`", Page.Text("Activities"), StringComparison.Ordinal);
        Assert.Contains($"`{BoundTokenTelemetry.FailureTag}`", Page.Text("Activities"), StringComparison.Ordinal);
    }

    [Fact]
    public void CacheMetrics_Documented_AreAllThereAre()
    {
        var names = typeof(ValidatedTokenCacheTelemetry).GetFields(BindingFlags.Static | BindingFlags.Public).Select(field => (string)field.GetRawConstantValue()!);

        Assert.Equal(names, Repository.Document("docs/reference/token-cache.md").Table("Cache instrument").Select(row => row[0]));
    }

    private static string[] Constants(string suffix) =>
    [
        .. typeof(BoundTokenTelemetry).GetFields(BindingFlags.Static | BindingFlags.Public)
            .Where(field => field.Name.EndsWith(suffix, StringComparison.Ordinal))
            .Select(field => (string)field.GetRawConstantValue()!),
    ];

    private static string Answer(BindingFailure failure) => failure switch
    {
        BindingFailure.RequestMalformed or BindingFailure.ForwarderUntrusted or BindingFailure.ForwardedCertificateMalformed or BindingFailure.ConnectNotAllowed or BindingFailure.ForwardedCertificateUnconfirmed => "400 `invalid_request`",
        BindingFailure.RequestMisdirected => "421",
        _ => "401",
    };
}
