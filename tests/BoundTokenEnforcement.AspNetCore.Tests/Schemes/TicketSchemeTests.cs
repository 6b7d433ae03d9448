using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>The scheme that was asked counts. What a ticket calls itself is only said by its handler.</summary>
public sealed class TicketSchemeTests
{
    [Fact]
    public async Task Ticket_OfAJudgingHandlerNamesTheGuardedScheme_ForgottenCallIsRefused()
    {
        await using var api = await Api.StartAsync(
            [
                Api.Guarded(enforcement: o => o.EnforcedByHandler("Introspection")),
                builder => builder.Services.AddAuthentication()
                    .AddScheme<OwnHandler.Settings, OwnHandler>("Introspection", o => o.TicketScheme = "Bearer"),
            ],
            (api, app) => api.Map(app, "/").RequireAuthorization(Only("Introspection")));

        // Opaque: nobody but the handler can tell that it is bound.
        Assert.Equal(401, (await api.GetAsync("opaque", null)).Status);
    }

    [Fact]
    public async Task Ticket_NamesAnUnguardedScheme_StolenTokenIsRefused()
    {
        await using var api = await Api.StartAsync(
            [
                Api.Guarded(enforcement: o =>
                {
                    o.ExemptScheme("Legacy", reason: "an API key, no token");
                    o.EnforcedByHandler("Introspection");
                }),
                builder => builder.Services.AddAuthentication("Bearer")
                    .AddScheme<OwnHandler.Settings, OwnHandler>("Legacy", null)
                    .AddScheme<OwnHandler.Settings, OwnHandler>("Introspection", o => o.TicketScheme = "Legacy"),
            ],
            (api, app) => api.Map(app, "/").RequireAuthorization(Only("Introspection")));

        (await api.GetAsync(Api.Issuer.BoundTo(Api.A), null)).IsUnauthorized();
    }

    private static AuthorizationPolicy Only(params string[] schemes) =>
        new AuthorizationPolicyBuilder(schemes).RequireAuthenticatedUser().Build();
}
