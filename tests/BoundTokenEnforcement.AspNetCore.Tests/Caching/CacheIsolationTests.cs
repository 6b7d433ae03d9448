using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>Nothing that one request does to its user, its token or its ticket reaches another.</summary>
public abstract class CacheIsolationTests(ValidatedTokenCacheContent content)
{
    private const string Planted = "planted";
    private readonly CountingCryptoProviderFactory _crypto = new();

    [Fact]
    public async Task Claims_AddedByAnEndpoint_AreNotSeenByTheNextRequest()
    {
        var token = Api.Issuer.BoundTo(Api.A);
        var seen = new List<bool>();
        await using var api = await Api.StartAsync([Caching.Guarded(_crypto), Caching.Remembering(content)], (api, app) => app.Map("/", context =>
        {
            seen.Add(context.User.HasClaim(claim => claim.Type == Planted));
            ((ClaimsIdentity)context.User.Identity!).AddClaim(new Claim(Planted, "x"));
            context.User.AddIdentity(new ClaimsIdentity([new Claim(Planted, "y")]));
            return Task.CompletedTask;
        }).RequireAuthorization());

        await api.GetAsync(token, Api.A);
        await api.GetAsync(token, Api.A);

        Assert.Equal([false, false], seen);
        Assert.Equal(1, _crypto.Verifications);
    }

    [Fact]
    public async Task Events_OfOneRequest_LeaveNoTraceInTheNext()
    {
        var principals = new List<ClaimsPrincipal>();
        var tokens = new List<SecurityToken>();
        var traces = new List<bool>();
        await using var api = await StartAsync(_crypto, options =>
        {
            options.SaveToken = true;
            options.Events = new JwtBearerEvents
            {
                OnTokenValidated = context =>
                {
                    var identity = (ClaimsIdentity)context.Principal!.Identity!;
                    traces.Add(identity.HasClaim(claim => claim.Type == Planted) || identity.Claims.Any(claim => claim.Properties.ContainsKey(Planted))
                        || identity.Label is not null || context.Properties.Items.ContainsKey(Planted));
                    identity.AddClaim(new Claim(Planted, "x"));
                    identity.Claims.First().Properties[Planted] = "x";
                    identity.Label = Planted;
                    context.Properties.Items[Planted] = "x";
                    context.SecurityToken.SigningKey = null;
                    principals.Add(context.Principal);
                    tokens.Add(context.SecurityToken);
                    return Task.CompletedTask;
                },
            };
        });
        var token = Api.Issuer.BoundTo(Api.A);

        for (var time = 0; time < 3; time++)
        {
            await api.GetAsync(token, Api.A);
        }

        Assert.Equal(1, _crypto.Verifications);
        Assert.Equal([false, false, false], traces);
        Assert.Equal(3, principals.Distinct(ReferenceEqualityComparer.Instance).Count());
        Assert.Equal(3, tokens.Distinct(ReferenceEqualityComparer.Instance).Count());
        Assert.All(tokens, seen => Assert.Equal(token, Assert.IsType<JsonWebToken>(seen).EncodedToken));
    }

    [Fact]
    public async Task Request_WithTheCache_SeesTheSameAsWithout()
    {
        var with = await SeeAsync(Caching.Remembering(content));
        var without = await SeeAsync(static _ => { });

        Assert.NotEmpty(with[1]);
        Assert.Equal(without[0], with[0]);
        Assert.Equal(without[1], with[1]);

        async Task<List<string>> SeeAsync(Action<WebApplicationBuilder> cache)
        {
            var seen = new List<string>();
            await using var api = await Api.StartAsync(
                [Caching.Guarded(_crypto, options => options.SaveToken = true), cache],
                (api, app) => app.Map("/", async context =>
                {
                    var ticket = (await context.AuthenticateAsync()).Ticket!;
                    seen.Add(string.Join('\n', [
                        .. context.User.Identities.Select(identity => $"{identity.GetType()} {identity.AuthenticationType} {identity.NameClaimType} {identity.RoleClaimType}"),
                        .. context.User.Claims.Select(claim => $"{claim.Type} {claim.Value} {claim.ValueType} {claim.Issuer} {claim.OriginalIssuer} {string.Join(',', claim.Properties)} {claim.Subject == context.User.Identity}"),
                        .. ticket.Properties.Items.Select(item => $"{item.Key} {item.Value}"),
                        ticket.AuthenticationScheme,
                    ]));
                }).RequireAuthorization());
            await api.GetAsync(Token, Api.A);
            await api.GetAsync(Token, Api.A);
            return seen;
        }
    }

    [Fact]
    public async Task Events_OnEachRequest_AllRun()
    {
        var ran = new List<string>();
        await using var api = await StartAsync(_crypto, options => options.Events = new JwtBearerEvents
        {
            OnMessageReceived = _ => Ran("received"),
            OnTokenValidated = context =>
            {
                if (context.Request.Headers.ContainsKey("X-Banned"))
                {
                    context.Fail("banned");
                }

                return Ran("validated");
            },
            OnAuthenticationFailed = _ => Ran("failed"),
        });

        await api.GetAsync(Token, Api.A);
        await api.GetAsync(Token, Api.A);
        await api.GetAsync(Caching.Tampered(Token), Api.A);
        var banned = await api.SendAsync("/", context =>
        {
            context.Connection.ClientCertificate = Api.A;
            context.Request.Headers.Authorization = $"Bearer {Token}";
            context.Request.Headers["X-Banned"] = "yes";
        });

        banned.IsUnauthorized();
        Assert.Equal(2, api.Visits.Count);
        Assert.Equal(["received", "validated", "received", "validated", "received", "failed", "received", "validated"], ran);

        Task Ran(string name)
        {
            ran.Add(name);
            return Task.CompletedTask;
        }
    }

    private static string Token { get; } = Api.Issuer.BoundTo(Api.A);

    private Task<Api> StartAsync(CountingCryptoProviderFactory crypto, Action<JwtBearerOptions>? jwt = null) =>
        Api.StartAsync(Caching.Guarded(crypto, jwt), Caching.Remembering(content));
}

public sealed class CacheIsolationOfSignaturesTests() : CacheIsolationTests(ValidatedTokenCacheContent.Signatures);

public sealed class CacheIsolationOfIdentitiesTests() : CacheIsolationTests(ValidatedTokenCacheContent.Identities);
