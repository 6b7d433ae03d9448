using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>A certificate scheme as an application might have it: accepts what one authority issued.</summary>
internal sealed class AuthorityHandler(IOptionsMonitor<AuthorityHandler.Settings> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthorityHandler.Settings>(options, logger, encoder)
{
    internal sealed class Settings : AuthenticationSchemeOptions
    {
        internal X509Certificate2? Authority { get; set; }

        internal bool Throws { get; set; }
    }

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Options.Throws)
        {
            throw new InvalidOperationException("The authority cannot be asked.");
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(Options.Authority!);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return Task.FromResult(Context.Connection.ClientCertificate is { } certificate && chain.Build(certificate)
            ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(Scheme.Name)), Scheme.Name))
            : AuthenticateResult.Fail("not ours"));
    }
}
