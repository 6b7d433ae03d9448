using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Authentication.Certificate;

/// <summary>Which client certificates are trusted besides that the token is bound to them.</summary>
internal static class TrustedCertificates
{
    // The handler's own patience with a responder that does not answer is 15 seconds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    internal static void Configure(CertificateAuthenticationOptions options, IConfiguration settings)
    {
        var check = settings.GetValue("Revocation", RevocationCheck.Strict);
        var authorities = settings["Authorities"] ?? throw new InvalidOperationException("Certificates:Authorities must name a PEM file with the authorities that are trusted.");

        // These authorities and no others: not those of the machine, which are there for servers.
        options.ChainTrustValidationMode = X509ChainTrustMode.CustomRootTrust;
        options.CustomTrustStore.ImportFromPemFile(authorities);
        options.AllowedCertificateTypes = CertificateTypes.Chained;

        // To the handler, no answer is a no. An outage is tolerated below.
        options.RevocationMode = check == RevocationCheck.Strict ? X509RevocationMode.Online : X509RevocationMode.NoCheck;
        options.Events = new CertificateAuthenticationEvents
        {
            OnCertificateValidated = context =>
            {
                if (check == RevocationCheck.TolerateOutage && IsRevoked(context))
                {
                    context.Fail("The certificate was revoked.");
                }

                return Task.CompletedTask;
            },
        };
    }

    // The chain was found to be right. What can go wrong with it now is that one of it was revoked.
    private static bool IsRevoked(CertificateValidatedContext context)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(context.Options.CustomTrustStore);
        policy.ExtraStore.AddRange(context.Options.AdditionalChainCertificates);
        policy.RevocationMode = X509RevocationMode.Online;
        policy.UrlRetrievalTimeout = Patience;
        policy.VerificationFlags = X509VerificationFlags.IgnoreEndRevocationUnknown
            | X509VerificationFlags.IgnoreCertificateAuthorityRevocationUnknown
            | X509VerificationFlags.IgnoreRootRevocationUnknown;
        return !chain.Build(context.ClientCertificate);
    }
}
