using BoundTokenEnforcement.TestSupport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement.Client.Tests;

public sealed class CertificateBoundTokenOptionsTests
{
    private const string Issuer = "https://as.test";

    /// <summary>What is set, and a word of the fault; none if there is none.</summary>
    public static TheoryData<Action<CertificateBoundTokenOptions>, string?> Settings => new()
    {
        { _ => { }, null },
        { o => o.Issuer = null, nameof(CertificateBoundTokenOptions.Issuer) },
        { o => o.Issuer = "http://as.test", nameof(CertificateBoundTokenOptions.Issuer) },
        { o => o.Issuer = "https://as.test/", nameof(CertificateBoundTokenOptions.Issuer) },
        { o => o.Issuer = "https://other.test", nameof(CertificateBoundTokenOptions.Issuer) },
        { o => o.ClientId = null, nameof(CertificateBoundTokenOptions.ClientId) },
        { o => o.ClientId = "", nameof(CertificateBoundTokenOptions.ClientId) },
        { o => o.ClientId = "caf\u00e9", nameof(CertificateBoundTokenOptions.ClientId) },
        { o => o.Scope = "read write", null },
        { o => o.Scope = "", nameof(CertificateBoundTokenOptions.Scope) },
        { o => o.Scope = "read  write", nameof(CertificateBoundTokenOptions.Scope) },
        { o => o.Scope = "re\"ad", nameof(CertificateBoundTokenOptions.Scope) },
        { o => o.Scope = "re\\ad", nameof(CertificateBoundTokenOptions.Scope) },
        { o => o.Resource = "urn:api", null },
        { o => o.Resource = "/api", nameof(CertificateBoundTokenOptions.Resource) },
        { o => o.Resource = "https://api.test/a b", nameof(CertificateBoundTokenOptions.Resource) },
        { o => o.Resource = "https://api.test#x", nameof(CertificateBoundTokenOptions.Resource) },
        { o => o.Authentication = ClientAuthenticationMethod.SelfSignedTlsClientAuth, null },
        { o => o.Authentication = (ClientAuthenticationMethod)2, nameof(CertificateBoundTokenOptions.Authentication) },
        { o => o.RenewalMargin = TimeSpan.Zero, null },
        { o => o.RenewalMargin = TimeSpan.FromSeconds(-1), nameof(CertificateBoundTokenOptions.RenewalMargin) },
        { o => o.RenewalMargin = TimeSpan.FromSeconds(601), nameof(CertificateBoundTokenOptions.RenewalMargin) },
        { o => o.AttemptTimeout = TimeSpan.FromMilliseconds(99), nameof(CertificateBoundTokenOptions.AttemptTimeout) },
        { o => o.AttemptTimeout = o.TotalTimeout = TimeSpan.FromSeconds(61), nameof(CertificateBoundTokenOptions.AttemptTimeout) },
        { o => o.TotalTimeout = TimeSpan.FromSeconds(4), nameof(CertificateBoundTokenOptions.TotalTimeout) },
        { o => o.TotalTimeout = TimeSpan.FromSeconds(301), nameof(CertificateBoundTokenOptions.TotalTimeout) },
        { o => o.MetadataLifetime = TimeSpan.Zero, nameof(CertificateBoundTokenOptions.MetadataLifetime) },
        { o => o.MetadataLifetime = TimeSpan.FromDays(2), nameof(CertificateBoundTokenOptions.MetadataLifetime) },
        { o => o.FailureLifetime = TimeSpan.Zero, nameof(CertificateBoundTokenOptions.FailureLifetime) },
        { o => o.FailureLifetime = TimeSpan.FromMinutes(6), nameof(CertificateBoundTokenOptions.FailureLifetime) },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void Validate_Setting_FaultNamesIt(Action<CertificateBoundTokenOptions> set, string? fault)
    {
        using var services = Services(set, AddGuard("api"));
        if (fault is null)
        {
            services.GetRequiredService<IHttpClientFactory>().CreateClient("api").Dispose();
            return;
        }

        var thrown = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IHttpClientFactory>().CreateClient("api"));
        Assert.Contains(fault, Assert.Single(thrown.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_SeveralFaults_AllAreTold()
    {
        using var services = Services(options => (options.Issuer, options.ClientId) = (null, null), AddGuard("api"));
        Assert.Equal(2, Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IHttpClientFactory>().CreateClient("api")).Failures.Count());
    }

    [Fact]
    public void CreateClient_GuardIsMissing_Throws()
    {
        using var services = Services(_ => { }, _ => { });
        var thrown = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IHttpClientFactory>().CreateClient("api"));
        Assert.Contains("AddBoundTokenGuard", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CreateClient_GuardIsOfAnotherClient_Throws()
    {
        using var services = Services(_ => { }, AddGuard("other"));
        var thrown = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IHttpClientFactory>().CreateClient("api"));
        Assert.Contains("AddBoundTokenGuard", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_GuardIsMissing_Throws()
    {
        using var services = Services(_ => { }, _ => { });
        Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());
    }

    [Fact]
    public void Start_GuardIsThere_DoesNotThrow()
    {
        using var services = Services(_ => { }, AddGuard("api"));
        services.GetRequiredService<IStartupValidator>().Validate();
    }

    [Fact]
    public void AddCertificateBoundTokens_FromConfiguration_ReadsEverything()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Tokens:Issuer"] = Issuer,
            ["Tokens:ClientId"] = "client-1",
            ["Tokens:Scope"] = "read",
            ["Tokens:Resource"] = "urn:api",
            ["Tokens:Authentication"] = "SelfSignedTlsClientAuth",
            ["Tokens:OpenIdConfigurationFallback"] = "true",
            ["Tokens:RenewalMargin"] = "00:00:30",
            ["Tokens:AttemptTimeout"] = "00:00:02",
            ["Tokens:TotalTimeout"] = "00:00:09",
            ["Tokens:MetadataLifetime"] = "01:00:00",
            ["Tokens:FailureLifetime"] = "00:00:03",
        }).Build();
        var services = new ServiceCollection();
        services.AddHttpClient("api").AddCertificateBoundTokens(configuration.GetSection("Tokens"));
        AddGuard("api")(services);
        using var provider = services.BuildServiceProvider();
        var options = provider.GetRequiredService<IOptionsMonitor<CertificateBoundTokenOptions>>().Get("api");

        Assert.Equal(Issuer, options.Issuer);
        Assert.Equal("client-1", options.ClientId);
        Assert.Equal("read", options.Scope);
        Assert.Equal("urn:api", options.Resource);
        Assert.Equal(ClientAuthenticationMethod.SelfSignedTlsClientAuth, options.Authentication);
        Assert.True(options.OpenIdConfigurationFallback);
        Assert.Equal(
            [30, 2, 9, 3600, 3],
            new[] { options.RenewalMargin, options.AttemptTimeout, options.TotalTimeout, options.MetadataLifetime, options.FailureLifetime }.Select(span => (int)span.TotalSeconds));
    }

    private static ServiceProvider Services(Action<CertificateBoundTokenOptions> set, Action<IServiceCollection> addGuard)
    {
        var services = new ServiceCollection();
        services.AddHttpClient("api").AddCertificateBoundTokens(options =>
        {
            options.Issuer = Issuer;
            options.ClientId = "client-1";
            set(options);
        });
        addGuard(services);
        return services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }

    private static Action<IServiceCollection> AddGuard(string name) => services => services.AddHttpClient(name).AddBoundTokenGuard(options =>
    {
        options.Resource = TestTokenIssuer.DefaultAudience;
        options.AllowedIssuers.Add(Issuer);
        options.ClientCertificate = TestCertificates.SelfSigned("client-1");
    });
}
