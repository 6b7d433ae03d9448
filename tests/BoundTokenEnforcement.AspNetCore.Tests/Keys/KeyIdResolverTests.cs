using System.Text.Json.Nodes;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement.AspNetCore.Tests.Keys;

/// <summary>Which keys a token is tried with. The same with both of JwtBearer's ways to validate.</summary>
public sealed class KeyIdResolverTests : IDisposable
{
    private readonly ScriptedServer _server = new();
    private readonly TestSigningKey _other = TestSigningKey.ES256();

    public static TheoryData<bool> Both => [true, false];

    public void Dispose()
    {
        _server.Dispose();
        _other.Dispose();
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Name_Known_GetsIn(bool old)
    {
        Publish(_other.PublicJwk(), Api.Issuer.Key.PublicJwk());
        await using var api = await StartAsync(old);

        await api.AdmitsAsync();
    }

    // The signature is right: only that it was not looked at makes the difference.
    [Theory]
    [MemberData(nameof(Both))]
    public async Task Name_Unknown_IsNotTried(bool old)
    {
        await using var api = await StartAsync(old);

        (await api.GetAsync(Named("invented"), Api.A)).IsUnauthorized();
        await api.AdmitsAsync();
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Name_OfAnotherKey_IsRefused(bool old)
    {
        Publish(_other.PublicJwk(), Api.Issuer.Key.PublicJwk());
        await using var api = await StartAsync(old);

        (await api.GetAsync(Named(_other.KeyId), Api.A)).IsUnauthorized();
        await api.AdmitsAsync();
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Name_NoneInTheToken_AllAreTried(bool old)
    {
        Publish(_other.PublicJwk(), Api.Issuer.Key.PublicJwk());
        await using var api = await StartAsync(old);

        await GetsInAsync(api, Named(null));
        using var stranger = new TestTokenIssuer();
        (await api.GetAsync(Named(null, stranger), Api.A)).IsUnauthorized();
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Name_NoneInTheKey_IsTried(bool old)
    {
        var nameless = Api.Issuer.Key.PublicJwk();
        nameless.Remove("kid");
        Publish(_other.PublicJwk(), nameless);
        await using var api = await StartAsync(old);

        await GetsInAsync(api, Named("whatever"));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task KeyOfTheApplication_IsTriedWhateverItsName(bool old)
    {
        Publish(_other.PublicJwk());
        await using var api = await StartAsync(old, options => options.TokenValidationParameters.IssuerSigningKeys = [Api.Issuer.Key.PublicSecurityKey()]);

        await GetsInAsync(api, Named("whatever"));
        await GetsInAsync(api, Named(null));
        await api.AdmitsAsync();
    }

    [Fact]
    public async Task Thumbprint_OfTheKey_CountsAsItsName()
    {
        Publish(_other.PublicJwk(), Api.Issuer.Key.PublicJwk());
        await using var api = await StartAsync(old: false);

        await GetsInAsync(api, Api.Issuer.Issue(Bind, header =>
        {
            header["kid"] = "invented";
            header["x5t"] = Api.Issuer.Key.KeyId;
        }));
    }

    [Fact]
    public async Task MatchByName_Off_AllAreTried()
    {
        await using var api = await Api.StartAsync(Api.Guarded(_server.Configure, options => options.SigningKeys.MatchKeyId = false));

        await GetsInAsync(api, Named("invented"));
        Assert.True(ParametersOf(api).TryAllIssuerSigningKeys);
    }

    [Fact]
    public async Task Parameters_ReplacedByTheApplication_NamesCount()
    {
        await using var api = await StartAsync(old: false, options => options.TokenValidationParameters =
            new TokenValidationParameters { ValidAudience = Api.Issuer.Audience, TryAllIssuerSigningKeys = true });

        (await api.GetAsync(Named("invented"), Api.A)).IsUnauthorized();
        await GetsInAsync(api, Named(null));
        await api.AdmitsAsync();
    }

    [Fact]
    public async Task TryAll_SwitchedOffByTheApplication_StaysAsItIs()
    {
        await using var api = await StartAsync(old: false, options => options.TokenValidationParameters.TryAllIssuerSigningKeys = false);

        Assert.Null(ParametersOf(api).IssuerSigningKeyResolverUsingConfiguration);
        (await api.GetAsync(Named(null), Api.A)).IsUnauthorized();
        await api.AdmitsAsync();
    }

    [Fact]
    public async Task Resolver_OfTheApplication_StaysInForce()
    {
        IEnumerable<SecurityKey> Resolve(string token, SecurityToken securityToken, string name, TokenValidationParameters parameters) => [Api.Issuer.Key.PublicSecurityKey()];
        await using var api = await StartAsync(old: false, options => options.TokenValidationParameters.IssuerSigningKeyResolver = Resolve);

        Assert.Null(ParametersOf(api).IssuerSigningKeyResolverUsingConfiguration);
        await GetsInAsync(api, Named("invented"));
    }

    // Set when ours is there already. The library would ask only ours.
    [Theory]
    [MemberData(nameof(Both))]
    public async Task Resolver_SetByTheApplicationLater_IsAsked(bool old)
    {
        IEnumerable<SecurityKey>? accepted = [_other.PublicSecurityKey()];
        await using var api = await StartAsync(old);
        ParametersOf(api).IssuerSigningKeyResolver = (_, _, _, _) => accepted;
        Assert.NotNull(ParametersOf(api).IssuerSigningKeyResolverUsingConfiguration);

        (await api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.A)).IsUnauthorized();
        accepted = null;
        (await api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.A)).IsUnauthorized();
        accepted = [Api.Issuer.Key.PublicSecurityKey()];
        await api.AdmitsAsync();
    }

    private Task<Api> StartAsync(bool old, Action<JwtBearerOptions>? jwt = null) => Api.StartAsync(Api.Guarded(options =>
    {
        _server.Configure(options);
        options.UseSecurityTokenValidators = old;
        jwt?.Invoke(options);
    }));

    private void Publish(params JsonObject[] keys) => _server.Keys = new JsonObject { ["keys"] = new JsonArray([.. keys]) }.ToJsonString();

    private static string Named(string? name, TestTokenIssuer? issuer = null) => (issuer ?? Api.Issuer).Issue(Bind, header =>
    {
        header.Remove("kid");
        if (name is not null)
        {
            header["kid"] = name;
        }
    });

    private static void Bind(JsonObject claims) => claims["cnf"] = TestTokenIssuer.ConfirmationOf(Api.A);

    private static async Task GetsInAsync(Api api, string token)
    {
        Assert.Equal(StatusCodes.Status200OK, (await api.GetAsync(token, Api.A)).Status);
        (await api.GetAsync(token, Api.B)).IsUnauthorized();
    }

    private static TokenValidationParameters ParametersOf(Api api) =>
        api.Application.Services.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>().Get("Bearer").TokenValidationParameters;
}
