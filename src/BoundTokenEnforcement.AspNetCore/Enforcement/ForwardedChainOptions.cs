using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Authentication.Certificate;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>The options of <c>AddCertificate()</c> for one request: with what the client sent besides its certificate, of which a chain can be built.</summary>
internal sealed class ForwardedChainOptions(IOptionsMonitor<CertificateAuthenticationOptions> configured, X509Certificate2Collection sent) : IOptionsMonitor<CertificateAuthenticationOptions>
{
    public CertificateAuthenticationOptions CurrentValue => Get(Options.DefaultName);

    public CertificateAuthenticationOptions Get(string? name)
    {
        var options = configured.Get(name);
        return new CertificateAuthenticationOptions
        {
            // Intermediates only: what may end a chain is what the application configured.
            AdditionalChainCertificates = [.. options.AdditionalChainCertificates, .. sent],
            AllowedCertificateTypes = options.AllowedCertificateTypes,
            ChainTrustValidationMode = options.ChainTrustValidationMode,
            ClaimsIssuer = options.ClaimsIssuer,
            CustomTrustStore = options.CustomTrustStore,
            Events = options.Events,
            EventsType = options.EventsType,
            ForwardAuthenticate = options.ForwardAuthenticate,
            ForwardChallenge = options.ForwardChallenge,
            ForwardDefault = options.ForwardDefault,
            ForwardDefaultSelector = options.ForwardDefaultSelector,
            ForwardForbid = options.ForwardForbid,
            ForwardSignIn = options.ForwardSignIn,
            ForwardSignOut = options.ForwardSignOut,
            RevocationFlag = options.RevocationFlag,
            RevocationMode = options.RevocationMode,
            TimeProvider = options.TimeProvider,
            ValidateCertificateUse = options.ValidateCertificateUse,
            ValidateValidityPeriod = options.ValidateValidityPeriod,
        };
    }

    public IDisposable? OnChange(Action<CertificateAuthenticationOptions, string?> listener) => configured.OnChange(listener);
}
