using System.Net;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BoundTokenEnforcement.AspNetCore.Tests.Audit;

/// <summary>A host that can hurt nobody starts, and says in the same words what would stop it in production.</summary>
public sealed class ToleratedFaultTests
{
    private const string NoWay = "No client certificate can arrive";

    // Both: the builder made its host's environment before, from its arguments.
    private static readonly Action<WebApplicationBuilder> Development = static builder =>
    {
        builder.Environment.EnvironmentName = Environments.Development;
        builder.Services.AddSingleton<IHostEnvironment>(builder.Environment);
    };

    public static TheoryData<string> Faults => ["no way", "unknown scheme", "no scheme", "unknown name", "contradiction", "service"];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task ReportOnly_WhateverIsFound_TheHostStartsAndWarns(string fault)
    {
        var stopped = await Assert.ThrowsAsync<BoundTokenAuditException>(() => StartAsync(fault, static _ => { }, static _ => { }));
        await using var host = await StartAsync(fault, static _ => { }, static options => options.Mode = EnforcementMode.ReportOnly);

        var report = await Audited.OfAsync(host.Services);

        Assert.Empty(report.Faults);
        Assert.True(report.IsSound);
        Assert.All(stopped.Report.Faults, found => Assert.Contains(found, report.Warnings));
        Assert.Contains(report.Warnings, static warning => warning.StartsWith("NOTHING IS ENFORCED", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("no way")]
    [InlineData("unknown scheme")]
    [InlineData("no scheme")]
    [InlineData("unknown name")]
    public async Task Development_WhatCanOnlyRefuse_TheHostStartsAndWarns(string fault)
    {
        var stopped = await Assert.ThrowsAsync<BoundTokenAuditException>(() => StartAsync(fault, static _ => { }, static _ => { }));
        await using var host = await StartAsync(fault, Development, static _ => { });

        var report = await Audited.OfAsync(host.Services);

        Assert.Empty(report.Faults);
        Assert.All(stopped.Report.Faults, found => Assert.Contains(found, report.Warnings));
    }

    [Theory]
    [InlineData("contradiction")]
    [InlineData("service")]
    public async Task Development_WhatMayFailOpen_StopsTheHost(string fault) =>
        Assert.Single((await Assert.ThrowsAsync<BoundTokenAuditException>(() => StartAsync(fault, Development, static _ => { }))).Report.Faults);

    // A container behind an ingress, or the template's http launch profile: one message, and it names both answers.
    [Fact]
    public async Task PlainHttp_HasOneMessageWithBothAnswers()
    {
        var stopped = await Assert.ThrowsAsync<BoundTokenAuditException>(() => StartAsync("no way", static _ => { }, static _ => { }));

        var message = Assert.Single(stopped.Report.Faults);
        Assert.StartsWith(NoWay, message, StringComparison.Ordinal);
        Assert.Contains("Listen on https", message, StringComparison.Ordinal);
        Assert.Contains("BoundTokens:ForwardedCertificate", message, StringComparison.Ordinal);
        Assert.DoesNotContain(stopped.Report.Warnings, static warning => warning.Contains("127.0.0.1", StringComparison.Ordinal));
    }

    // The host starts and still refuses.
    [Fact]
    public async Task Development_PlainHttp_StillRefusesTheStolenToken()
    {
        await using var host = await StartAsync("no way", Development, static _ => { });
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{host.Port}/");
        request.Headers.Authorization = new("Bearer", Api.Issuer.BoundTo(Api.A));

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        FailOpen.Count(response.StatusCode == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    private static Task<TlsApiHost> StartAsync(string fault, Action<WebApplicationBuilder> configure, Action<BoundTokenEnforcementOptions> enforcement) => TlsApiHost.StartAsync(
        builder =>
        {
            configure(builder);
            if (fault == "no scheme")
            {
                builder.Services.AddAuthentication();
                builder.Services.AddBoundTokenEnforcement();
            }
            else
            {
                Api.Guarded()(builder);
            }

            if (fault == "unknown scheme")
            {
                KeyHandler.Add("key")(builder);
            }

            builder.Services.AddAuthorization();
            builder.Services.AddBoundTokenEnforcement(options =>
            {
                if (fault == "unknown name")
                {
                    options.ReportOnly("gone");
                }

                enforcement(options);
            });
            if (fault == "service")
            {
                builder.Services.AddScoped<IAuthenticationService, AuthenticationService>();
            }
        },
        app =>
        {
            var endpoint = app.MapGet("/", static () => "in").RequireAuthorization();
            if (fault == "contradiction")
            {
                endpoint.RequireBoundToken().AllowUnboundToken();
            }
        },
        (kestrel, certificate) => kestrel.Listen(IPAddress.Loopback, 0, listener =>
        {
            if (fault != "no way")
            {
                listener.UseHttps(certificate);
            }
        }));
}
