using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement.Client.Tests.Discovery;

public sealed class MetadataOptionsTests
{
    public static TheoryData<string, Action<MetadataDiscoveryOptions>> Faulty => new()
    {
        { "Issuer", static options => options.SigningKeys.Add(new JsonWebKey("""{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}""")) },
        { "symmetric", static options => (options.Issuer = "https://as.test", options.SigningKeys).SigningKeys.Add(new SymmetricSecurityKey(new byte[32])) },
        { "symmetric", static options => (options.Issuer = "https://as.test", options.SigningKeys).SigningKeys.Add(new JsonWebKey("""{"kty":"oct","k":"AAAA"}""")) },
        { "MinLifetime", static options => options.MinLifetime = TimeSpan.FromMilliseconds(999) },
        { "MinLifetime", static options => options.MinLifetime = TimeSpan.FromHours(2) },
        { "MaxLifetime", static options => options.MaxLifetime = TimeSpan.FromDays(1) + TimeSpan.FromTicks(1) },
        { "FailureLifetime", static options => options.FailureLifetime = TimeSpan.FromMilliseconds(999) },
        { "FailureLifetime", static options => options.FailureLifetime = TimeSpan.FromMinutes(5) + TimeSpan.FromTicks(1) },
    };

    [Theory]
    [MemberData(nameof(Faulty))]
    public void Options_Faulty_AreRefused(string named, Action<MetadataDiscoveryOptions> configure)
    {
        var fault = Assert.Throws<OptionsValidationException>(() => Create(options => configure(options.Metadata)));

        Assert.Contains(named, Assert.Single(fault.Failures), StringComparison.Ordinal);
        var guarded = new BoundTokenGuardOptions();
        configure(guarded.Metadata);
        Assert.Contains(new BoundTokenGuardOptionsValidator().Validate(null, guarded).Failures!, failure => failure.Contains(named, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(X509VerificationFlags.AllFlags, true)]
    [InlineData(X509VerificationFlags.AllowUnknownCertificateAuthority, true)]
    [InlineData(X509VerificationFlags.IgnoreInvalidName, true)]
    [InlineData(X509VerificationFlags.IgnoreNotTimeValid, true)]
    [InlineData(X509VerificationFlags.NoFlag, false)]
    [InlineData(X509VerificationFlags.IgnoreEndRevocationUnknown, false)]
    public void ChainPolicy_IgnoringMoreThanUnknownRevocation_IsRefused(X509VerificationFlags flags, bool isRefused)
    {
        var alone = new ProtectedResourceMetadataClientOptions { ServerCertificateChainPolicy = new X509ChainPolicy { VerificationFlags = flags } };
        var guarded = new BoundTokenGuardOptions { ServerCertificateChainPolicy = alone.ServerCertificateChainPolicy };

        Assert.Equal(isRefused, new ProtectedResourceMetadataClientOptionsValidator().Validate(null, alone).Failed);
        Assert.Equal(isRefused, new BoundTokenGuardOptionsValidator().Validate(null, guarded).Failures!.Any(static fault => fault.StartsWith("ServerCertificateChainPolicy", StringComparison.Ordinal)));
    }

    [Fact]
    public void Options_TwoSourcesOfTheCertificate_AreRefused()
    {
        using var certificate = TestCertificates.SelfSigned("client");

        Assert.Throws<OptionsValidationException>(() => Create(options =>
        {
            options.ClientCertificate = certificate;
            options.ClientCertificates = new FixedClientCertificate(certificate);
        }));
    }

    [Fact]
    public void Options_AtTheirBounds_AreTaken()
    {
        Assert.NotNull(Create(static _ => { }));
        Assert.NotNull(Create(static options =>
        {
            options.Metadata.MinLifetime = TimeSpan.FromSeconds(1);
            options.Metadata.MaxLifetime = TimeSpan.FromDays(1);
            options.Metadata.FailureLifetime = TimeSpan.FromSeconds(1);
        }));
        Assert.NotNull(Create(static options => options.Metadata.FailureLifetime = TimeSpan.FromMinutes(5)));
    }

    [Fact]
    public void Add_WithoutConfiguration_RegistersOneClient()
    {
        using var services = new ServiceCollection().AddLogging().AddProtectedResourceMetadataClient().AddProtectedResourceMetadataClient().BuildServiceProvider();

        Assert.Same(services.GetRequiredService<IProtectedResourceMetadataClient>(), Assert.Single(services.GetServices<IProtectedResourceMetadataClient>()));
    }

    [Fact]
    public void Settings_OfAConfigurationFile_AreRead()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Metadata:Issuer"] = "https://as.test",
            ["Metadata:MinLifetime"] = "00:00:02",
            ["Metadata:MaxLifetime"] = "00:00:03",
            ["Metadata:FailureLifetime"] = "00:00:04",
        }).Build();
        var options = new BoundTokenGuardOptions();

        GuardSettings.Read(configuration, options);

        Assert.Equal("https://as.test", options.Metadata.Issuer);
        Assert.Equal(TimeSpan.FromSeconds(2), options.Metadata.MinLifetime);
        Assert.Equal(TimeSpan.FromSeconds(3), options.Metadata.MaxLifetime);
        Assert.Equal(TimeSpan.FromSeconds(4), options.Metadata.FailureLifetime);
    }

    private static IProtectedResourceMetadataClient Create(Action<ProtectedResourceMetadataClientOptions> configure)
    {
        using var services = new ServiceCollection().AddLogging().AddProtectedResourceMetadataClient(configure).BuildServiceProvider();
        return services.GetRequiredService<IProtectedResourceMetadataClient>();
    }
}
