using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Authentication.Certificate;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>A <see cref="GuardedApi"/> with <c>AddCertificate()</c>, configured as samples/TrustedCertificatesApi.</summary>
internal sealed class TrustedApi : IAsyncDisposable
{
    private readonly string _authorities = Path.GetTempFileName();

    private TrustedApi()
    {
    }

    internal GuardedApi Api { get; private set; } = null!;

    /// <summary>How often the handler found a chain to be right.</summary>
    internal int Validations => Volatile.Read(ref _validations);

    private int _validations;

    internal static async Task<TrustedApi> StartAsync(
        X509Certificate2 authority,
        RevocationCheck revocation = RevocationCheck.Skip,
        Action<CertificateAuthenticationOptions>? certificates = null,
        Action<BoundTokenEnforcementOptions>? enforcement = null,
        bool cached = true,
        Action<WebApplication>? map = null)
    {
        var trusted = new TrustedApi();
        await File.WriteAllTextAsync(trusted._authorities, authority.ExportCertificatePem(), TestContext.Current.CancellationToken);
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Authorities", trusted._authorities), new("Revocation", revocation.ToString())])
            .Build();
        trusted.Api = await GuardedApi.StartAsync(new GuardedSetup
        {
            Before = (builder, _) =>
            {
                var authentication = builder.Services.AddAuthentication().AddCertificate(options =>
                {
                    TrustedCertificates.Configure(options, settings);
                    certificates?.Invoke(options);
                    var validated = options.Events!.OnCertificateValidated;
                    options.Events.OnCertificateValidated = context =>
                    {
                        Interlocked.Increment(ref trusted._validations);
                        return validated(context);
                    };
                });
                if (cached)
                {
                    authentication.AddCertificateCache();
                }
            },
            Options = options =>
            {
                options.CertificateAuthenticationScheme = CertificateAuthenticationDefaults.AuthenticationScheme;
                enforcement?.Invoke(options);
            },
            Map = (app, _) => map?.Invoke(app),
        });
        return trusted;
    }

    internal async Task AdmitsAsync(X509Certificate2 certificate)
    {
        (await Api.SendAsync(certificate, Api.Issuer.BoundTo(certificate))).AssertIn();
        // It is no binding.
        (await Api.SendAsync(certificate, Api.Issuer.BoundTo(Api.B))).AssertRefused();
    }

    internal async Task RefusesAsync(X509Certificate2 certificate)
    {
        var before = Api.Refusals.Count();
        (await Api.SendAsync(certificate, Api.Issuer.BoundTo(certificate))).AssertRefused();
        Assert.Equal([BindingFailure.CertificateUntrusted], Api.Refusals.Skip(before));
    }

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        File.Delete(_authorities);
    }
}
