using System.Collections.Concurrent;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Five proxies or formats, five forgeries each, and the honest request: who got in, over a whole run.</summary>
internal static class ProxyScore
{
    internal const string FieldForged = "field forged";
    internal const string FieldDoubled = "field doubled";
    internal const string UnderscoreTwin = "underscore twin";
    internal const string NamedByConnection = "field named by Connection";
    internal const string PastTheProxy = "past the proxy";
    internal const string Envoy = "Envoy";

    private const string Honest = "honest";

    private static readonly string[] Forgeries = [FieldForged, FieldDoubled, UnderscoreTwin, NamedByConnection, PastTheProxy];
    private static readonly string[] Senders = [.. ProxyProgram.All.Select(program => program.Name), Envoy];
    private static readonly ConcurrentDictionary<(string Sender, string What), bool> Results = new();

    /// <summary>The numbers, as the test run prints them. What was not tried is neither refused nor passed.</summary>
    internal static string Report =>
        $"PROXIES: {Senders.Sum(sender => Forgeries.Count(forgery => IsGood(sender, forgery)))} of {Senders.Length * Forgeries.Length} forgeries refused, "
        + $"{Senders.Count(sender => IsGood(sender, Honest))} of {Senders.Length} honest requests passed";

    /// <summary>To be called for each answer to a forgery before it is judged. One that enters spoils all others of its kind.</summary>
    internal static GuardedAnswer Forgery(string sender, string forgery, GuardedAnswer answer) =>
        Count(sender, forgery, answer, answer is { Entered: 0, Status: 400 or 401 });

    /// <summary>The same for an honest request.</summary>
    internal static GuardedAnswer HonestRequest(string sender, GuardedAnswer answer) =>
        Count(sender, Honest, answer, answer is { Entered: 1, Status: 200 });

    private static GuardedAnswer Count(string sender, string what, GuardedAnswer answer, bool isGood)
    {
        Results.AddOrUpdate((sender, what), isGood, (_, before) => before && isGood);
        return answer;
    }

    private static bool IsGood(string sender, string what) => Results.GetValueOrDefault((sender, what));
}
