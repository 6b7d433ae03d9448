using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace BoundTokenEnforcement.Client.Tests.Guard;

/// <summary>AC-104: certificates with which the platform would connect as if there were none.</summary>
[Requirement("AC-104")]
public sealed class GuardCertificateTests
{
    public static TheoryData<string> Unfit => ["no key", "server", "expired", "not yet valid", "encipherment"];

    [Theory]
    [MemberData(nameof(Unfit))]
    public async Task Certificate_Unfit_IsRefusedWithoutAConnection(string kind)
    {
        using var certificate = Mint(kind);
        await using var guard = GuardFixture.Start(options => options.ClientCertificate = certificate);
        guard.Token = GuardFixture.Tokens.BoundTo(certificate);
        await guard.RefusedAsync(GuardFailure.CertificateUnusable);
        Assert.Empty(guard.Server.Connections);
    }

    [Theory]
    [InlineData("client")]
    [InlineData("any")]
    [InlineData("no extensions")]
    [InlineData("rsa")]
    public async Task Certificate_Fit_Arrives(string kind)
    {
        using var certificate = Mint(kind);
        await using var guard = GuardFixture.Start(options => options.ClientCertificate = certificate);
        guard.Token = GuardFixture.Tokens.BoundTo(certificate);
        await guard.ArrivesAsync();
    }

    [Fact]
    public async Task Certificate_BecomesTooOld_IsRefused()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var guard = GuardFixture.Start(clock: clock);
        await guard.ArrivesAsync();
        clock.Advance(TimeSpan.FromDays(400));
        await guard.RefusedAsync(GuardFailure.CertificateUnusable);
    }

    [Fact]
    public async Task CertificateOfAToken_HasBecomeTooOld_IsRefused()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var young = TestCertificates.SelfSigned("young", new FakeTimeProvider(clock.GetUtcNow().AddDays(300)));
        await using var guard = GuardFixture.Start(options => options.ClientCertificate = young, clock: clock);
        var old = ClientCertificate.Checked(GuardFixture.Certificate, clock);
        clock.Advance(TimeSpan.FromDays(400));
        await guard.RefusedAsync(GuardFailure.CertificateUnusable, request => new ObtainedToken(guard.Token, TestTokenIssuer.DefaultIssuer, old, guard.Guard).PutInto(request));
        Assert.Empty(guard.Server.Connections);
    }

    [Theory]
    [InlineData(false, GuardFailure.CertificateUnusable)]
    [InlineData(true, GuardFailure.CertificateUnusable)]
    public async Task Provider_GivesNoCertificate_IsRefused(bool throws, GuardFailure refusal)
    {
        await using var guard = GuardFixture.Start(options => options.ClientCertificates = new Broken(throws));
        await guard.RefusedAsync(refusal);
        Assert.Empty(guard.Server.Connections);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Certificate_MissingOrGivenTwice_IsAnErrorAtFirstUse(bool twice)
    {
        await using var guard = GuardFixture.Start(build: builder => Microsoft.Extensions.DependencyInjection.OptionsServiceCollectionExtensions.Configure<BoundTokenGuardOptions>(
            builder.Services, GuardFixture.Name, options =>
            {
                options.ClientCertificate = twice ? GuardFixture.Certificate : null;
                options.ClientCertificates = twice ? new SwitchedCertificate(GuardFixture.Certificate) : null;
            }));
        Assert.Throws<OptionsValidationException>(guard.Client);
    }

    private static X509Certificate2 Mint(string kind)
    {
        switch (kind)
        {
            case "no key":
                return X509CertificateLoader.LoadCertificate(GuardFixture.Certificate.RawData);
            case "server":
                return TestCertificates.Server();
            case "expired":
                return TestCertificates.Expired("client");
            case "not yet valid":
                return TestCertificates.SelfSigned("client", new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddDays(10)));
            case "client":
                return TestCertificates.SelfSigned("client");
            case "rsa":
                return TestCertificates.Rsa("client");
            default:
                break;
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=client", key, HashAlgorithmName.SHA256);
        if (kind == "encipherment")
        {
            request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyEncipherment, critical: true));
        }
        else if (kind == "any")
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("2.5.29.37.0")], critical: false));
        }

        var now = TimeProvider.System.GetUtcNow();
        using var issued = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(issued.Export(X509ContentType.Pkcs12), null);
    }

    private sealed class Broken(bool throws) : IClientCertificateProvider
    {
        public X509Certificate2 Current => throws ? throw new CryptographicException("The store is closed.") : null!;
    }
}
