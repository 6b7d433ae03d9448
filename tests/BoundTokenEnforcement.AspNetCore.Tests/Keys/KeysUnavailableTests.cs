using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.Net.Http.Headers;

namespace BoundTokenEnforcement.AspNetCore.Tests.Keys;

/// <summary>A9: keys cannot be had, and the token is not at fault.</summary>
public sealed class KeysUnavailableTests : IDisposable
{
    private readonly ScriptedServer _server = new() { IsDown = true };

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Keys_CannotBeHad_IsUnavailableAndTheTwinGetsIn()
    {
        await using var api = await Api.StartAsync(Api.Guarded(_server.Configure));

        await IsUnavailableAsync(api);

        await using var twin = await Api.StartAsync(Api.Guarded(Up));
        await twin.AdmitsAsync();
    }

    [Theory]
    [InlineData(EnforcementMode.Enforce)]
    [InlineData(EnforcementMode.ReportOnly)]
    public async Task Keys_CannotBeHad_IsTheSameInBothModes(EnforcementMode mode)
    {
        await using var api = await Api.StartAsync(Api.Guarded(_server.Configure, options => options.Mode = mode));

        await IsUnavailableAsync(api);
    }

    [Fact]
    public async Task Keys_CannotBeHad_IssuerIsKnown_IsUnavailable()
    {
        await using var api = await Api.StartAsync(Api.Guarded(options =>
        {
            _server.Configure(options);
            options.TokenValidationParameters.ValidIssuer = TestTokenIssuer.DefaultIssuer;
        }));

        await IsUnavailableAsync(api);

        // And so is the audience.
        (await api.GetAsync(Api.Issuer.BoundTo(Api.A, claims => claims["aud"] = "https://other.test"), Api.A)).IsUnauthorized();
    }

    [Fact]
    public async Task Keys_CannotBeHad_UnboundTokenWhereAllowedIsUnavailableToo()
    {
        await using var api = await Api.StartAsync(Api.Guarded(_server.Configure, options => options.Requirement = BindingRequirement.WhenBound));

        AssertUnavailable(await api.GetAsync(Api.Issuer.Issue(), certificate: null));
        Assert.Empty(api.Visits);
    }

    [Fact]
    public async Task Keys_CannotBeHad_WhatIsRefusedWithoutThemStaysRefused()
    {
        await using var api = await Api.StartAsync(Api.Guarded(_server.Configure));

        (await api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.B)).IsUnauthorized();
        (await api.GetAsync(Api.Issuer.BoundTo(Api.A), certificate: null)).IsUnauthorized();
        (await api.GetAsync(Api.Issuer.Issue(), Api.A)).IsUnauthorized();
        Assert.Equal(0, _server.Requests);

        // No key can change that.
        (await api.GetAsync("not-a-token", Api.A)).IsUnauthorized();
        (await api.GetAsync(Api.Issuer.BoundTo(Api.A, claims => claims["exp"] = 1), Api.A)).IsUnauthorized();
        await IsUnavailableAsync(api);
    }

    [Fact]
    public async Task Keys_AreThere_BadTokensAreUnauthorized()
    {
        using var stranger = new TestTokenIssuer();
        await using var api = await Api.StartAsync(Api.Guarded(Up));

        // Also the very first one, for which the keys are fetched.
        (await api.GetAsync(stranger.BoundTo(Api.A), Api.A)).IsUnauthorized();
        (await api.GetAsync(Api.Issuer.BoundTo(Api.A, claims => claims["iss"] = "https://other.test"), Api.A)).IsUnauthorized();
        (await api.GetAsync(JwtTamper.FlipSignatureBit(Api.Issuer.BoundTo(Api.A), 1, 1), Api.A)).IsUnauthorized();
        await api.AdmitsAsync();
    }

    // What counts is by what the token was validated, and not what is there a moment later.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Keys_ComeBehindTheValidation_IsUnavailable(bool fromElsewhere)
    {
        var gate = new TaskCompletionSource();
        _server.Gate = gate.Task;
        await using var api = await Api.StartAsync(Api.Guarded(
            options =>
            {
                Up(options);
                options.Events = new JwtBearerEvents
                {
                    OnMessageReceived = context =>
                    {
                        context.Token = fromElsewhere ? context.Request.Headers["X-Token"] : default(string);
                        return Task.CompletedTask;
                    },
                    OnAuthenticationFailed = context =>
                    {
                        gate.TrySetResult();
                        return ((SigningKeyConfigurationManager)context.Options.ConfigurationManager!).Fetching;
                    },
                };
            },
            options => options.SigningKeys.MaxWait = TimeSpan.Zero));
        var token = Api.Issuer.BoundTo(Api.A);

        Task<Answer> SendAsync() => api.SendAsync("/", context =>
        {
            context.Connection.ClientCertificate = Api.A;
            context.Request.Headers[fromElsewhere ? "X-Token" : HeaderNames.Authorization] = fromElsewhere ? token : $"Bearer {token}";
        });
        AssertUnavailable(await SendAsync());
        Assert.Equal(StatusCodes.Status200OK, (await SendAsync()).Status);
    }

    [Fact]
    public async Task NoToken_IsAskedForOneAndNothingIsFetched()
    {
        await using var api = await Api.StartAsync(Api.Guarded(_server.Configure));

        (await api.GetAsync(token: null, Api.A)).IsRefusal(StatusCodes.Status401Unauthorized, Answer.TokenWanted);

        Assert.Equal(0, _server.Requests);
    }

    [Fact]
    public async Task AnonymousEndpoint_RunsWithoutTheUser()
    {
        await using var api = await Api.StartAsync([Api.Guarded(_server.Configure)], (api, app) => api.Map(app, "/").AllowAnonymous());

        Assert.Equal(StatusCodes.Status200OK, (await api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.A)).Status);

        Assert.False(Assert.Single(api.Visits).IsAuthenticated);
    }

    [Fact]
    public async Task TokenFromElsewhere_IsUnavailableToo()
    {
        await using var api = await Api.StartAsync(Api.Guarded(options =>
        {
            _server.Configure(options);
            options.Events = new JwtBearerEvents
            {
                OnMessageReceived = context =>
                {
                    context.Token = context.Request.Headers["X-Token"];
                    return Task.CompletedTask;
                },
            };
        }));

        AssertUnavailable(await api.SendAsync("/", context =>
        {
            context.Connection.ClientCertificate = Api.A;
            context.Request.Headers["X-Token"] = Api.Issuer.BoundTo(Api.A);
        }));
    }

    [Theory]
    [InlineData("Bearer", "Other")]
    [InlineData("Other", "Bearer")]
    public async Task OtherScheme_DoesNotKnowTheToken_IsUnavailable(params string[] order)
    {
        using var stranger = new TestTokenIssuer();
        await using var api = await Api.StartAsync(
            [Api.Guarded(_server.Configure), builder => builder.Services.AddAuthentication().AddJwtBearer("Other", stranger.Configure)],
            (api, app) => api.Map(app, "/").RequireAuthorization(policy => policy.AddAuthenticationSchemes(order).RequireAuthenticatedUser()));

        await IsUnavailableAsync(api);

        // The other scheme is as it ever was.
        Assert.Equal(StatusCodes.Status200OK, (await api.GetAsync(stranger.BoundTo(Api.A), Api.A)).Status);
        Assert.Single(api.Visits);
        (await api.GetAsync(stranger.BoundTo(Api.A), Api.B)).IsUnauthorized();
    }

    [Theory]
    [InlineData("Bearer", "Cookies")]
    [InlineData("Cookies", "Bearer")]
    public async Task CookieScheme_DoesNotRedirect(params string[] order)
    {
        await using var api = await Api.StartAsync(
            [Api.Guarded(_server.Configure), builder => builder.Services.AddAuthentication().AddCookie()],
            (api, app) => api.Map(app, "/").RequireAuthorization(policy => policy.AddAuthenticationSchemes(order).RequireAuthenticatedUser()));

        var answer = await api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.A);
        AssertUnavailable(answer);
        Assert.False(answer.Headers.ContainsKey(HeaderNames.Location));

        // The twin: without a token, the cookie has its say.
        Assert.True((await api.GetAsync(token: null, Api.A)).Headers.ContainsKey(HeaderNames.Location));
    }

    [Fact]
    public async Task KeyOfTheApplication_IsEnoughWithoutTheServersIfTheIssuerIsKnown()
    {
        await using var api = await Api.StartAsync(Api.Guarded(options =>
        {
            _server.Configure(options);
            options.TokenValidationParameters.ValidIssuer = TestTokenIssuer.DefaultIssuer;
            options.TokenValidationParameters.IssuerSigningKey = Api.Issuer.Key.PublicSecurityKey();
        }));

        await api.AdmitsAsync();
    }

    [Fact]
    public async Task KeyOfTheApplication_IssuerComesWithTheServersKeys_IsUnavailable()
    {
        await using var api = await Api.StartAsync(Api.Guarded(options =>
        {
            _server.Configure(options);
            options.TokenValidationParameters.IssuerSigningKey = Api.Issuer.Key.PublicSecurityKey();
        }));

        await IsUnavailableAsync(api);
    }

    [Fact]
    public async Task OwnBackchannel_KeysCannotBeHad_IsUnavailableToo()
    {
        using var client = new HttpClient(_server, disposeHandler: false);
        await using var api = await Api.StartAsync(Api.Guarded(options =>
        {
            _server.Configure(options);
            options.Backchannel = client;
        }));

        await IsUnavailableAsync(api);

        _server.IsDown = false;
        await api.AdmitsAsync();
        using var stranger = new TestTokenIssuer();
        (await api.GetAsync(stranger.BoundTo(Api.A), Api.A)).IsUnauthorized();
    }

    [Fact]
    public async Task OwnManagerOfAnotherKind_KeysCannotBeHad_IsUnavailableToo()
    {
        var manager = new OwnManager { IsDown = true };
        await using var api = await Api.StartAsync(Api.Guarded(options =>
        {
            options.Configuration = null;
            options.ConfigurationManager = manager;
        }));

        await IsUnavailableAsync(api);

        manager.IsDown = false;
        await api.AdmitsAsync();
        (await api.GetAsync("not-a-token", Api.A)).IsUnauthorized();
    }

    [Fact]
    public async Task Event_OfTheApplicationDecides_StandsAndLetsNobodyIn()
    {
        await using var api = await Api.StartAsync(Api.Guarded(options =>
        {
            _server.Configure(options);
            options.Events = new JwtBearerEvents
            {
                OnAuthenticationFailed = context =>
                {
                    context.Principal = new(new System.Security.Claims.ClaimsIdentity("event"));
                    context.Success();
                    return Task.CompletedTask;
                },
            };
        }));

        (await api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.A)).IsUnauthorized();
        Assert.Empty(api.Visits);
    }

    [Fact]
    public async Task Challenge_EventOfTheApplication_HearsOfNoInvalidToken()
    {
        string? error = "never called";
        await using var api = await Api.StartAsync(Api.Guarded(options =>
        {
            _server.Configure(options);
            options.Events = new JwtBearerEvents
            {
                OnChallenge = context =>
                {
                    error = context.Error;
                    return Task.CompletedTask;
                },
            };
        }));

        await IsUnavailableAsync(api);
        Assert.Null(error);

        (await api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.B)).IsUnauthorized();
        Assert.Equal(BearerError.InvalidToken, error);
    }

    [Fact]
    public async Task Challenge_EventOfTheApplicationCallsTheTokenInvalid_IsNotSent()
    {
        await using var api = await Api.StartAsync(Api.Guarded(options =>
        {
            _server.Configure(options);
            options.Events = new JwtBearerEvents
            {
                OnChallenge = context =>
                {
                    context.Response.Headers.Append(HeaderNames.WWWAuthenticate, Answer.InvalidToken);
                    return Task.CompletedTask;
                },
            };
        }));

        await IsUnavailableAsync(api);
    }

    [Theory]
    [InlineData("Bearer", "Legacy")]
    [InlineData("Legacy", "Bearer")]
    public async Task UnguardedScheme_DoesNotCallTheTokenInvalid(params string[] order)
    {
        using var stranger = new TestTokenIssuer();
        await using var api = await Api.StartAsync(
            [
                Api.Guarded(_server.Configure, options => options.ExemptScheme("Legacy", reason: "of the test")),
                builder => builder.Services.AddAuthentication().AddJwtBearer("Legacy", stranger.Configure),
            ],
            (api, app) => api.Map(app, "/").RequireAuthorization(policy => policy.AddAuthenticationSchemes(order).RequireAuthenticatedUser()));

        await IsUnavailableAsync(api);

        Assert.Equal(StatusCodes.Status200OK, (await api.GetAsync(stranger.Issue(), Api.A)).Status);
    }

    // What was refused without keys stays refused, whatever a second scheme lacks for its own token.
    [Fact]
    public async Task OtherScheme_RefusedAStolenToken_IsUnauthorized()
    {
        await using var api = await Api.StartAsync(
            [
                Api.Guarded(_server.Configure),
                builder => builder.Services.AddAuthentication().AddJwtBearer("Other", options =>
                {
                    Api.Issuer.Configure(options);
                    options.Events = new JwtBearerEvents
                    {
                        OnMessageReceived = context =>
                        {
                            context.Token = context.Request.Headers["X-Token"];
                            return Task.CompletedTask;
                        },
                    };
                }),
            ],
            (api, app) => api.Map(app, "/").RequireAuthorization(policy => policy.AddAuthenticationSchemes("Bearer", "Other").RequireAuthenticatedUser()));

        (await api.SendAsync("/", context =>
        {
            context.Connection.ClientCertificate = Api.A;
            context.Request.Headers.Authorization = $"Bearer {Api.Issuer.BoundTo(Api.A)}";
            context.Request.Headers["X-Token"] = Api.Issuer.BoundTo(Api.B);
        })).IsUnauthorized();

        Assert.Empty(api.Visits);
    }

    [Fact]
    public async Task Flood_IsCountedInFullAndLoggedInPart()
    {
        await using var api = await Api.StartAsync(Api.Guarded(_server.Configure));
        var token = Api.Issuer.BoundTo(Api.A);
        var watch = TimeProvider.System.GetTimestamp();

        for (var i = 0; i < 200; i++)
        {
            AssertUnavailable(await api.GetAsync(token, Api.A));
        }

        var seconds = 1 + (int)TimeProvider.System.GetElapsedTime(watch).TotalSeconds;
        Assert.Equal(200, api.Metrics.Sum(BoundTokenTelemetry.KeysUnavailableCounterName, BoundTokenTelemetry.SchemeTag, "Bearer"));
        Assert.Empty(api.Metrics.Of(BoundTokenTelemetry.DecisionsCounterName));
        Assert.InRange(api.Logs.Records.Count(record => record.EventId.Id == 240), 1, seconds * LogRateLimiter.PerSecond);
        Assert.All(api.Logs.Records.Where(record => record.EventId.Id == 240), record => Assert.Equal((LogLevel.Warning, "TokenWithoutKeys"), (record.Level, record.EventId.Name)));
        api.Logs.AssertContainsNone(token);
    }

    private void Up(JwtBearerOptions options)
    {
        _server.IsDown = false;
        _server.Configure(options);
    }

    private static async Task IsUnavailableAsync(Api api)
    {
        var before = api.Visits.Count;
        AssertUnavailable(await api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.A));
        Assert.Equal(before, api.Visits.Count);
    }

    private static void AssertUnavailable(Answer answer)
    {
        Assert.Equal(StatusCodes.Status503ServiceUnavailable, answer.Status);
        Assert.Empty(answer.Challenges);
        Assert.Equal("5", answer.Headers.RetryAfter.ToString());
        Assert.Equal("no-store", answer.Headers.CacheControl.ToString());
        Assert.Empty(answer.Body);
    }

    private sealed class OwnManager : IConfigurationManager<OpenIdConnectConfiguration>
    {
        internal bool IsDown { get; set; }

        public Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel)
        {
            if (IsDown)
            {
                throw new HttpRequestException("Down.");
            }

            var configuration = new OpenIdConnectConfiguration { Issuer = TestTokenIssuer.DefaultIssuer };
            configuration.SigningKeys.Add(Api.Issuer.Key.PublicSecurityKey());
            return Task.FromResult(configuration);
        }

        public void RequestRefresh()
        {
        }
    }
}
