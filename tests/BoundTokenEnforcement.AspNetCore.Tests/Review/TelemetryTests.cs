using System.Diagnostics.Metrics;
using System.Text;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests.Review;

public sealed class TelemetryTests
{
    // Anybody can write tokens that nobody signed. They must not hide the one that matters.
    [Fact]
    public async Task Log_AfterAFloodOfForgeries_StillTellsTheStolenToken()
    {
        await using var api = await Api.StartAsync(Api.Guarded());
        for (var i = 0; i < 25; i++)
        {
            await api.GetAsync(Forged(), null);
        }

        await api.GetAsync(Api.Issuer.BoundTo(Api.A), null);

        Assert.Contains(api.Logs.Records, record => record.Message.Contains(TestCertificates.Thumbprint(Api.A), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Log_TokenThatNobodySigned_IsNotToldLikeAStolenOne()
    {
        await using var api = await Api.StartAsync(Api.Guarded());
        await api.GetAsync(Forged(), null);
        await api.GetAsync(Api.Issuer.BoundTo(Api.B), null);

        var told = api.Logs.Records.Where(record => record.EventId.Id == 102).Select(record => record.Message.Replace(TestCertificates.Thumbprint(Api.B), "?", StringComparison.Ordinal)).ToList();

        Assert.Equal(2, told.Count);
        Assert.NotEqual(told[0].Replace(new string('A', 43), "?", StringComparison.Ordinal), told[1]);
    }

    [Fact]
    public async Task OnRefused_MetricsListenerIsBroken_IsCalled()
    {
        var calls = 0;
        await using var api = await Api.StartAsync(Api.Guarded(enforcement: o => o.OnRefused = _ =>
        {
            calls++;
            return ValueTask.CompletedTask;
        }));
        using var broken = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == BoundTokenTelemetry.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        broken.SetMeasurementEventCallback<long>((_, _, _, _) => throw new InvalidOperationException("broken"));
        broken.Start();

        await api.GetAsync(Api.Issuer.BoundTo(Api.A), null);

        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task OnRefused_NameThatIsNoText_IsCalledAllTheSame()
    {
        var calls = 0;
        await using var api = await Api.StartAsync(Api.Guarded(enforcement: o => o.OnRefused = _ =>
        {
            calls++;
            return ValueTask.CompletedTask;
        }));
        var token = Api.Issuer.SignRaw(Api.Issuer.Header().ToJsonString(), """{"jti":"\ud800","cnf":{"x5t#S256":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}""");

        await api.GetAsync(token, null);

        Assert.Equal(1, calls);
    }

    // A hub that authenticates again for each message.
    [Fact]
    public async Task AuthenticateAsync_ManyTimesInOneRequest_CostsNoMoreEachTime()
    {
        var judgements = 0;
        await using var api = await Api.StartAsync(
            [Api.Guarded(), builder => builder.Services.AddAuthentication("Bearer").AddCookie()],
            (api, app) => app.Map("/", async context =>
            {
                for (var i = 0; i < 50; i++)
                {
                    await context.AuthenticateAsync(CookieAuthenticationDefaults.AuthenticationScheme);
                }

                judgements = Depth(context.Features.Get<IBoundTokenFeature>());
            }));
        var cookie = await CookieAsync(api);

        await api.SendAsync("/", context =>
        {
            context.Request.Headers.Cookie = cookie;
            context.Request.Headers.Authorization = $"Bearer {Api.Issuer.BoundTo(Api.A)}";
        });

        Assert.InRange(judgements, 0, 2);
    }

    private static int Depth(IBoundTokenFeature? feature)
    {
        var depth = 0;
        for (object? at = feature; at is not null; depth++)
        {
            at = at.GetType().GetFields(System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)
                .First(f => f.Name.Contains("earlier", StringComparison.Ordinal)).GetValue(at);
        }

        return depth;
    }

    private static Task<string> CookieAsync(Api api)
    {
        var options = api.Application.Services.GetRequiredService<Microsoft.Extensions.Options.IOptionsMonitor<CookieAuthenticationOptions>>().Get(CookieAuthenticationDefaults.AuthenticationScheme);
        var principal = new System.Security.Claims.ClaimsPrincipal(new System.Security.Claims.ClaimsIdentity([new("sub", "x")], "c"));
        var text = options.TicketDataFormat.Protect(new AuthenticationTicket(principal, CookieAuthenticationDefaults.AuthenticationScheme));
        return Task.FromResult($"{options.Cookie.Name}={text}");
    }

    private static string Forged() =>
        $"e30.{System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(ForgedPayload))}.AA";

    private const string ForgedPayload = """{"cnf":{"x5t#S256":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}""";
}
