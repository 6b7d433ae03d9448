using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement.AspNetCore.Tests.Keys;

/// <summary>Which schemes fetch their keys in our way, and what stays the application's.</summary>
public sealed class SigningKeyPostConfigureOptionsTests : IDisposable
{
    private readonly ScriptedServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Scheme_AddedBefore_FetchesThroughTheApplicationsHandler()
    {
        await using var api = await Api.StartAsync(Api.Guarded(_server.Configure));

        await api.AdmitsAsync();
        Assert.Equal(2, _server.Requests);
        IsOurs(api);
    }

    [Fact]
    public async Task Scheme_AddedAfter_FetchesThroughTheApplicationsHandler()
    {
        await using var api = await Api.StartAsync(
            builder => builder.Services.AddBoundTokenEnforcement(),
            builder => builder.Services.AddAuthorization().AddAuthentication().AddJwtBearer(options =>
            {
                Api.Issuer.Configure(options);
                _server.Configure(options);
            }));

        await api.AdmitsAsync();
        Assert.Equal(2, _server.Requests);
        IsOurs(api);
    }

    [Fact]
    public async Task Handler_SetAfterConfigurationButBeforeJwtBearer_IsUsed()
    {
        await using var api = await Api.StartAsync(
            builder => builder.Services.PostConfigureAll<JwtBearerOptions>(options => options.BackchannelHttpHandler = _server),
            Api.Guarded(options =>
            {
                _server.Configure(options);
                options.BackchannelHttpHandler = null;
            }));

        await api.AdmitsAsync();
        Assert.Equal(2, _server.Requests);
    }

    [Fact]
    public async Task Client_IsTheOneThatJwtBearerMakes()
    {
        await using var api = await Api.StartAsync(Api.Guarded(options =>
        {
            _server.Configure(options);
            options.BackchannelTimeout = TimeSpan.FromSeconds(17);
        }));

        var client = OptionsOf(api).Backchannel;
        Assert.Equal(TimeSpan.FromSeconds(17), client.Timeout);
        Assert.Equal("Microsoft ASP.NET Core JwtBearer handler", client.DefaultRequestHeaders.UserAgent.ToString());
    }

    [Fact]
    public async Task Backchannel_OfTheApplication_IsLeftAlone()
    {
        using var client = new HttpClient(_server, disposeHandler: false);
        await using var api = await Api.StartAsync(Api.Guarded(options =>
        {
            _server.Configure(options);
            options.Backchannel = client;
        }));

        var options = OptionsOf(api);
        Assert.Same(client, options.Backchannel);
        Assert.Same(_server, options.BackchannelHttpHandler);
        Assert.IsType<ConfigurationManager<OpenIdConnectConfiguration>>(options.ConfigurationManager);
        Assert.True(options.TokenValidationParameters.TryAllIssuerSigningKeys);
        await api.EnforcesBindingAsync();
    }

    [Fact]
    public async Task ConfigurationManager_OfTheApplication_IsLeftAlone()
    {
        var configuration = new OpenIdConnectConfiguration { Issuer = TestTokenIssuer.DefaultIssuer };
        configuration.SigningKeys.Add(Api.Issuer.Key.PublicSecurityKey());
        var manager = new StaticConfigurationManager<OpenIdConnectConfiguration>(configuration);
        await using var api = await Api.StartAsync(Api.Guarded(options =>
        {
            _server.Configure(options);
            options.ConfigurationManager = manager;
        }));

        Assert.Same(manager, OptionsOf(api).ConfigurationManager);
        Assert.Same(_server, OptionsOf(api).BackchannelHttpHandler);
        await api.EnforcesBindingAsync();
    }

    [Fact]
    public async Task Configuration_OfTheApplication_IsLeftAlone()
    {
        await using var api = await Api.StartAsync(Api.Guarded(options => options.Authority = TestTokenIssuer.DefaultIssuer));

        Assert.IsType<StaticConfigurationManager<OpenIdConnectConfiguration>>(OptionsOf(api).ConfigurationManager);
        Assert.IsNotType<ResilientBackchannelHandler>(OptionsOf(api).BackchannelHttpHandler);
        await api.EnforcesBindingAsync();
    }

    [Fact]
    public async Task Scheme_LeftUnguarded_IsLeftAlone()
    {
        await using var api = await Api.StartAsync(
            Api.Guarded(enforcement: options => options.ExemptScheme("Legacy", reason: "of the test")),
            builder => builder.Services.AddAuthentication().AddJwtBearer("Legacy", _server.Configure));

        var options = OptionsOf(api, "Legacy");
        Assert.IsType<ConfigurationManager<OpenIdConnectConfiguration>>(options.ConfigurationManager);
        Assert.Same(_server, options.BackchannelHttpHandler);
    }

    [Fact]
    public async Task HttpsMetadata_Demanded_PlainAddressDoesNotStart()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => Api.StartAsync(Api.Guarded(_server.Configure), builder =>
            builder.Services.Configure<JwtBearerOptions>("Bearer", options => options.Authority = "http://as.test")));

        Assert.Contains(nameof(JwtBearerOptions.RequireHttpsMetadata), failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, _server.Requests);
    }

    [Theory]
    [InlineData("12:00:00", "1.00:00:00", "12:00:00")]
    [InlineData("01:00:00", "1.00:00:00", "01:00:00")]
    [InlineData("12:00:00", "02:00:00", "01:00:00")]
    public async Task Intervals_OfJwtBearer_AreKeptWithinTheLife(string automatic, string maxAge, string expected)
    {
        await using var api = await Api.StartAsync(Api.Settings(("BoundTokens:SigningKeys:MaxAge", maxAge)), Api.Guarded(options =>
        {
            _server.Configure(options);
            options.AutomaticRefreshInterval = TimeSpan.Parse(automatic, null);
            options.RefreshInterval = TimeSpan.FromSeconds(42);
        }));

        var keys = IsOurs(api);
        Assert.Equal(TimeSpan.Parse(expected, null), keys.AutomaticRefreshInterval);
        Assert.Equal(TimeSpan.FromSeconds(42), keys.RefreshInterval);
        Assert.Equal($"{TestTokenIssuer.DefaultIssuer}/.well-known/openid-configuration", keys.MetadataAddress);
    }

    [Theory]
    [InlineData("MaxAge", "00:09:59")]
    [InlineData("MaxAge", "31.00:00:00")]
    [InlineData("MaxWait", "-00:00:01")]
    [InlineData("MaxWait", "00:00:31")]
    [InlineData("AttemptTimeout", "00:00:00")]
    [InlineData("AttemptTimeout", "00:01:01")]
    [InlineData("MaxResponseBytes", "4095")]
    [InlineData("MaxResponseBytes", "16777217")]
    public async Task Options_OutOfRange_DoNotStartAndNameTheOption(string option, string value)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => Api.StartAsync(Api.Settings(($"BoundTokens:SigningKeys:{option}", value)), Api.Guarded()));

        Assert.Contains($"BoundTokens:SigningKeys:{option} ", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MaxAge", "00:10:00")]
    [InlineData("MaxAge", "30.00:00:00")]
    [InlineData("MaxWait", "00:00:00")]
    [InlineData("MaxWait", "00:00:30")]
    [InlineData("AttemptTimeout", "00:00:00.1")]
    [InlineData("AttemptTimeout", "00:01:00")]
    [InlineData("MaxResponseBytes", "4096")]
    [InlineData("MaxResponseBytes", "16777216")]
    public async Task Options_AtTheLimit_Start(string option, string value)
    {
        await using var api = await Api.StartAsync(Api.Settings(($"BoundTokens:SigningKeys:{option}", value)), Api.Guarded());

        await api.AdmitsAsync();
    }

    // The token library asks for new keys in all three cases; the cool-down is one for all of them.
    [Theory]
    [InlineData("signature")]
    [InlineData("issuer")]
    [InlineData("name")]
    public async Task Token_ThatOtherKeysCouldMakeGood_FetchesOnce(string wrong)
    {
        await using var api = await Api.StartAsync(Api.Guarded(_server.Configure));
        await api.AdmitsAsync();
        var keys = IsOurs(api);
        using var stranger = new TestTokenIssuer();

        for (var time = 0; time < 3; time++)
        {
            (await api.GetAsync(wrong switch
            {
                "signature" => JwtTamper.FlipSignatureBit(Api.Issuer.BoundTo(Api.A), 8, 0),
                "issuer" => Api.Issuer.BoundTo(Api.A, claims => claims["iss"] = "https://other.test"),
                _ => stranger.BoundTo(Api.A),
            }, Api.A)).IsUnauthorized();
            await keys.Fetching;
        }

        Assert.Equal(4, _server.Requests);
        await api.AdmitsAsync();
    }

    private static JwtBearerOptions OptionsOf(Api api, string scheme = "Bearer") => api.Application.Services.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>().Get(scheme);

    private static SigningKeyConfigurationManager IsOurs(Api api)
    {
        Assert.IsType<ResilientBackchannelHandler>(OptionsOf(api).BackchannelHttpHandler);
        return Assert.IsType<SigningKeyConfigurationManager>(OptionsOf(api).ConfigurationManager);
    }
}
