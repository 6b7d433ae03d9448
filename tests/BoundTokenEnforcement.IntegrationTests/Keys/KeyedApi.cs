using System.Diagnostics;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>A <see cref="GuardedApi"/> that fetches its keys from a <see cref="FaultyAuthorizationServer"/>, as an API does that has an <c>Authority</c>.</summary>
internal static class KeyedApi
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    internal static Task<GuardedApi> StartAsync(
        FaultyAuthorizationServer server, Action<SigningKeyOptions>? keys = null, Action<JwtBearerOptions>? jwt = null) => GuardedApi.StartAsync(new GuardedSetup
        {
            After = (builder, _) => builder.Services.Configure<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme, options =>
            {
                options.Configuration = null;
                options.BackchannelHttpHandler = null;
                options.TokenValidationParameters.ValidIssuer = null;
                server.Configure(options);
                jwt?.Invoke(options);
            }),
            Options = options => keys?.Invoke(options.SigningKeys),
        });

    /// <summary>503 without a word about the token, and no endpoint entered.</summary>
    internal static void AssertUnavailable(this GuardedAnswer answer)
    {
        answer.AssertRejected(503);
        Assert.Empty(answer.Challenges);
    }

    /// <summary>How many fetches of keys ended in this way.</summary>
    internal static int Fetches(this GuardedApi api, bool succeeded) =>
        (int)api.Host.Metrics.Sum(BoundTokenTelemetry.KeyFetchesCounterName, BoundTokenTelemetry.KeysFetchedTag, succeeded.ToString());

    /// <summary>Sends the token again and again until the answer has this status. The others must have one of the refusals.</summary>
    /// <returns>How long it took.</returns>
    internal static async Task<TimeSpan> UntilAsync(this GuardedApi api, HttpClient client, string token, int status)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var answer = await api.SendAsync(client, token);
            if (answer.Status == status)
            {
                return watch.Elapsed;
            }

            Assert.Contains(answer.Status, (int[])[200, 401, 503]);
            Assert.True(watch.Elapsed < Patience, $"Still {answer.Status} and not {status}.");
        }
    }

    /// <summary>Sends the token, which must always get in, until something is true.</summary>
    internal static async Task GoOnUntilAsync(this GuardedApi api, HttpClient client, string good, Func<bool> isTrue)
    {
        var watch = Stopwatch.StartNew();
        while (!isTrue())
        {
            (await api.SendAsync(client, good)).AssertIn();
            Assert.True(watch.Elapsed < Patience, "It does not happen.");
        }
    }

    /// <summary>Sends tokens that nobody can know, and good ones, until another fetch has brought keys.</summary>
    internal static async Task UntilFetchedAsync(this GuardedApi api, HttpClient client, string unknown, string good)
    {
        var before = api.Fetches(succeeded: true);
        var watch = Stopwatch.StartNew();
        while (api.Fetches(succeeded: true) == before)
        {
            (await api.SendAsync(client, unknown)).AssertRefused();
            (await api.SendAsync(client, good)).AssertIn();
            Assert.True(watch.Elapsed < Patience, "Nothing is fetched.");
        }
    }
}
