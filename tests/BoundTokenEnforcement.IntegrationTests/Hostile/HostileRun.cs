using System.Net;
using System.Security.Authentication;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>The whole table, and how one row is run.</summary>
public static class HostileRun
{
    // Both write before any middleware runs: the request line with its query, and the start of a header line that is no header line.
    private static readonly string[] LogsBeforeUs = ["Microsoft.AspNetCore.Hosting.Diagnostics", "Microsoft.AspNetCore.Server.Kestrel.BadRequests"];

    private static readonly Dictionary<string, HostileRequest> Rows =
        HostileBindings.All.Concat(HostileTokens.All).Concat(HostileArrivals.All).ToDictionary(r => r.Key, StringComparer.Ordinal);

    /// <summary>The keys of all rows.</summary>
    public static IReadOnlyCollection<string> AllKeys => Rows.Keys;

    /// <summary>The keys of all rows, for a theory.</summary>
    public static IEnumerable<TheoryDataRow<string>> Keys => WithRequirement(Rows.Keys);

    /// <summary>Each row with the attack that it shows as its trait.</summary>
    public static IEnumerable<TheoryDataRow<string>> WithRequirement(IEnumerable<string> keys) =>
        keys.Select(static key => new TheoryDataRow<string>(key).WithTrait("Requirement", Rows[key].Id));

    /// <summary>The row with this key.</summary>
    public static HostileRequest Row(string key) => Rows[key];

    /// <summary>The request byte for byte over HTTP/1.1 and, where an HTTP library can send it, over HTTP/2; then its twin the same way.</summary>
    /// <param name="host">The server.</param>
    /// <param name="key">The row.</param>
    /// <param name="protocol">The TLS version.</param>
    /// <param name="handshake">Whether sessions are resumed.</param>
    /// <param name="fixedChallenge">See <see cref="HostileAnswer.AssertIs"/>.</param>
    public static Task AssertRowAsync(HostileHost host, string key, SslProtocols protocol, Handshake handshake, string? fixedChallenge) =>
        AssertRowAsync(host, Row(key), Row(key).Expected, protocol, handshake, fixedChallenge);

    /// <summary>The same for a server where tokens need not be bound.</summary>
    public static Task AssertRowWhenBoundAsync(HostileHost host, string key, SslProtocols protocol, Handshake handshake, string? fixedChallenge) =>
        AssertRowAsync(host, Row(key), Row(key).WhenBound ?? Row(key).Expected, protocol, handshake, fixedChallenge);

    /// <summary>Fails if anything the row calls a secret was logged while it ran (AC-121). Not for hosts shared between threads.</summary>
    public static async Task AssertNothingLoggedAsync(HostileHost host, string key)
    {
        host.Logs.Clear();
        var shape = Row(key).Build(host.Context);
        await host.SendRawAsync(shape, SslProtocols.None);
        host.Logs.AssertContainsNoneExcept(LogsBeforeUs, [.. shape.Secrets]);
    }

    /// <summary>The challenge that every <c>invalid_token</c> refusal must repeat: the one for a stolen token.</summary>
    public static async Task<string> ChallengeForStolenTokenAsync(HostileHost host)
    {
        var answer = await host.SendRawAsync(host.Context.Good() with { Certificate = null }, SslProtocols.None);
        answer.AssertIs(Expected.InvalidToken, Assert.Single(answer.Challenges));
        return answer.Challenges[0];
    }

    private static async Task AssertRowAsync(
        HostileHost host, HostileRequest row, Expected expected, SslProtocols protocol, Handshake handshake, string? fixedChallenge)
    {
        await AssertShapeAsync(host, row.Build(host.Context), expected, protocol, handshake, fixedChallenge);
        await AssertShapeAsync(host, row.Twin(host.Context), row.TwinExpected, protocol, handshake, fixedChallenge);
        Assert.Equal(0, host.Context.Recorder.Connections);
    }

    private static async Task AssertShapeAsync(
        HostileHost host, RequestShape shape, Expected expected, SslProtocols protocol, Handshake handshake, string? fixedChallenge)
    {
        Judge(await host.SendAsync(shape, HttpVersion.Version11, protocol, handshake));
        // HTTP/2 has its own header limit and answers it by closing the stream.
        if (shape.IsOrdinary && expected != Expected.HeadersTooLarge)
        {
            Judge(await host.SendAsync(shape, HttpVersion.Version20, protocol, handshake));
        }

        void Judge(HostileAnswer answer)
        {
            if (fixedChallenge is not null && expected is not (Expected.Pass or Expected.PassOrInvalidToken))
            {
                FailOpen.Count(answer.Subjects.Any(subject => subject is not null));
            }

            answer.AssertIs(expected, fixedChallenge);
        }
    }
}
