using System.Text;
using System.Text.Json.Nodes;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>What a handler writes into its ticket, or forwards to, decides more than it should.</summary>
public sealed class TicketSchemeNameTests
{
    private const string Introspection = "Introspection";

    private static readonly byte[] Answer = Encoding.UTF8.GetBytes(
        new JsonObject { ["active"] = true, ["cnf"] = TestTokenIssuer.ConfirmationOf(Api.A) }.ToJsonString());

    [Theory]
    [InlineData("Introspection")]
    [InlineData("Bearer")]
    public async Task TicketNamesAReportOnlyScheme_JudgedByHandlerIsNotReportOnly(string ticketScheme)
    {
        await using var api = await Api.StartAsync(
            [
                Api.Guarded(enforcement: o =>
                {
                    o.ReportOnly("Bearer");
                    o.EnforcedByHandler(Setup.Any);
                }),
                builder => builder.Services.AddAuthentication().AddAny(o => o.Finish = (context, success) =>
                    context.EnforceTokenBindingAsync(
                        AuthenticateResult.Success(new AuthenticationTicket(success.Principal!, ticketScheme)), Answer)),
            ],
            Setup.Behind(Setup.Any));

        var report = await api.Application.Services.GetRequiredService<IBoundTokenAudit>().RunAsync(TestContext.Current.CancellationToken);
        Assert.True(report.Schemes.Single(s => s.Name == Setup.Any).IsEnforced);
        await api.RefusesAsync("/", TestRequests.With("Bearer opaque"), BindingFailure.CertificateMissing);
    }

    [Fact]
    public async Task JudgedByHandlerThatForwardsToAnUnguardedScheme_IsNotAdvertised()
    {
        await using var api = await Api.StartAsync(
            [
                Api.Guarded(enforcement: o =>
                {
                    o.ExemptScheme("Legacy", reason: "not yet");
                    o.EnforcedByHandler(Introspection);
                }),
                builder =>
                {
                    builder.Services.AddAuthentication(Introspection)
                        .AddScheme<OwnHandler.Settings, OwnHandler>(Introspection, o => o.ForwardDefault = "Legacy")
                        .AddScheme<OwnHandler.Settings, OwnHandler>("Legacy", null);
                },
                MetadataSettings.Add(o => o.Schemes.Add(Introspection)),
            ],
            (api, app) =>
            {
                app.MapProtectedResourceMetadata();
                api.Map(app, "/").RequireAuthorization();
            });

        await api.GetAsync(MetadataSettings.Target, null, Api.A);
        var stolen = await api.GetAsync(Api.Issuer.BoundTo(Api.A), null);
        var advertised = (await api.GetAsync(MetadataSettings.Target, null, Api.A)).Body.Contains("tls_client_certificate_bound", StringComparison.Ordinal);
        Assert.False(advertised && stolen.Status == StatusCodes.Status200OK, $"advertised {advertised}, a stolen token got {stolen.Status}");
    }
}
