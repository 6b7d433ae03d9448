using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>Looks at the authentication schemes, and at the options that name some.</summary>
internal sealed class SchemeAudit(
    EnforcementPolicy policy,
    IAuthenticationSchemeProvider schemes,
    JwtBearerForwarding forwarding,
    IOptionsMonitor<CookieAuthenticationOptions> cookies,
    IOptionsMonitor<BearerTokenOptions> bearerTokens,
    IServiceScopeFactory scopes,
    ValidatedIdentities? identities = null,
    IServer? server = null)
{
    // The package of test servers is not referenced here.
    private readonly bool _isTestHost = server?.GetType().FullName == "Microsoft.AspNetCore.TestHost.TestServer";

    internal async Task<IReadOnlyList<AuditedScheme>> RunAsync(AuditFaults faults)
    {
        var options = policy.Current;
        var all = (await schemes.GetAllSchemesAsync().ConfigureAwait(false)).ToList();
        var audited = all.ConvertAll(scheme => Look(scheme, options));

        // The ticket check rejects what their handlers accept.
        faults.AddRefusingRange(all
            .Where(scheme => SchemeKinds.KindOf(scheme, options) == SchemeKind.Unknown && !IsNamed(scheme.Name, options))
            .Select(Unnamed));
        faults.AddRefusingRange(Named(options)
            .Where(named => !all.Exists(scheme => scheme.Name == named.Scheme))
            .Select(named => $"{named.Option} names scheme '{named.Scheme}', which does not exist."));
        faults.AddRange(options.ExemptSchemes.Keys
            .Where(scheme => options.SchemesEnforcedByHandler.Contains(scheme) || options.ReportOnlySchemes.Contains(scheme)
                || options.SchemesWithoutAccessTokens.Contains(scheme) || options.SchemesThatVerifyBindings.Contains(scheme))
            .Select(scheme => $"ExemptScheme names scheme '{scheme}', and another option does too. Keep one."));
        faults.AddRange(options.SchemesEnforcedByHandler.Concat(options.SchemesThatVerifyBindings).Concat(options.SchemesWithoutAccessTokens)
            .GroupBy(static scheme => scheme, StringComparer.Ordinal).Where(static named => named.Count() > 1)
            .Select(named => $"Scheme '{named.Key}' is named by more than one of EnforcedByHandler, VerifiesBindings and AcceptsNoAccessTokens. Keep one."));
        faults.AddRange(all
            .Where(scheme => SchemeKinds.KindOf(scheme.HandlerType) is SchemeKind.Guarded or SchemeKind.Forwards
                && (options.SchemesWithoutAccessTokens.Contains(scheme.Name) || options.SchemesThatVerifyBindings.Contains(scheme.Name)))
            .Select(scheme => $"AcceptsNoAccessTokens or VerifiesBindings names scheme '{scheme.Name}', whose handler is known: it is guarded, or forwards to schemes that are. Remove the call."));

        faults.AddRange(all
            .Where(scheme => HasOwnFormat(scheme) && !options.ExemptSchemes.ContainsKey(scheme.Name))
            .Select(scheme => $"Scheme '{scheme.Name}' reads its tickets with a custom data format, which may accept access tokens. Call ExemptScheme(\"{scheme.Name}\", reason: …)."));

        // It would wait for itself.
        if (all.Find(scheme => scheme.Name == options.CertificateAuthenticationScheme) is { } certificates
            && (IsJudged(certificates, options) || SchemeKinds.KindOf(certificates.HandlerType) == SchemeKind.Forwards))
        {
            faults.Add($"CertificateAuthenticationScheme names scheme '{certificates.Name}', which accepts access tokens. Name one that accepts certificates.");
        }

        if (!all.Exists(scheme => IsJudged(scheme, options)))
        {
            faults.AddRefusing("There is no scheme to enforce bindings in. Add a JwtBearer scheme to AddAuthentication(), or name the scheme of a handler of your own in EnforcedByHandler(…).");
        }

        if (!IsSecondNetInPlace())
        {
            faults.Add("Another IAuthenticationService was registered after AddBoundTokenEnforcement() and stands in its place. Register it before.");
        }

        return audited;
    }

    /// <summary>The schemes whose rules do not take part in the decision, although they look as if they did.</summary>
    internal async Task<IReadOnlyList<string>> WarningsAsync()
    {
        var options = policy.Current;
        return
        [
            .. (await schemes.GetAllSchemesAsync().ConfigureAwait(false))
                .Where(scheme => scheme.HandlerType.FullName == SchemeKinds.CertificateHandler && scheme.Name != options.CertificateAuthenticationScheme)
                .Select(scheme => $"Scheme '{scheme.Name}' (AddCertificate) has no part in the decision about bound tokens: its chain, revocation and usage rules are not applied to their certificates. Set CertificateAuthenticationScheme = \"{scheme.Name}\" to apply them."),
        ];
    }

    private string Unnamed(AuthenticationScheme scheme)
    {
        var name = scheme.Name;
        var problem = $"Scheme '{name}' may accept access tokens, but their binding is not enforced. In AddBoundTokenEnforcement, call";
        if (scheme.HandlerType.FullName == SchemeKinds.OpenIddictHandler)
        {
            return $"{problem} VerifiesBindings(\"{name}\"): OpenIddict's validation compares certificates itself (tested with 7.8).";
        }

        var remedy = $"{problem} AcceptsNoAccessTokens(\"{name}\"), EnforcedByHandler(\"{name}\"), VerifiesBindings(\"{name}\") or ExemptScheme(\"{name}\", reason: …), whichever is true.";
        return _isTestHost ? $"{remedy} If only the test suite adds it, call services.AddBoundTokenTesting(\"{name}\") there (package BoundTokenEnforcement.Testing)." : remedy;
    }

    private bool HasOwnFormat(AuthenticationScheme scheme) =>
        scheme.HandlerType == typeof(CookieAuthenticationHandler) ? cookies.Get(scheme.Name).TicketDataFormat is not (null or TicketDataFormat)
        : scheme.HandlerType.FullName == SchemeKinds.BearerTokenHandler && bearerTokens.Get(scheme.Name).BearerTokenProtector is not TicketDataFormat;

    private static bool IsNamed(string scheme, BoundTokenEnforcementOptions options) =>
        options.ExemptSchemes.ContainsKey(scheme) || options.SchemesEnforcedByHandler.Contains(scheme) || options.ReportOnlySchemes.Contains(scheme);

    private static bool IsJudged(AuthenticationScheme scheme, BoundTokenEnforcementOptions options) =>
        SchemeKinds.KindOf(scheme, options) is SchemeKind.Guarded or SchemeKind.VerifiesBindings || options.SchemesEnforcedByHandler.Contains(scheme.Name);

    private AuditedScheme Look(AuthenticationScheme scheme, BoundTokenEnforcementOptions options)
    {
        if (options.ExemptSchemes.TryGetValue(scheme.Name, out var because))
        {
            return new(scheme.Name, isEnforced: false, $"EXEMPT, reason: {because}");
        }

        if (options.ModeOf(scheme.Name) == EnforcementMode.ReportOnly)
        {
            return new(scheme.Name, isEnforced: false, "REPORT ONLY: refusals are reported and not carried out");
        }

        if (options.SchemesEnforcedByHandler.Contains(scheme.Name))
        {
            return new(scheme.Name, isEnforced: options.ExemptSchemes.Count == 0, "guarded: its handler hands its tokens over");
        }

        return SchemeKinds.KindOf(scheme, options) switch
        {
            SchemeKind.Guarded when forwarding.MayForward(scheme) => new(scheme.Name, isEnforced: options.ExemptSchemes.Count == 0, $"{Guarded(scheme)}, and forwards to other schemes"),
            SchemeKind.Guarded => new(scheme.Name, isEnforced: true, Guarded(scheme)),
            SchemeKind.Forwards => new(scheme.Name, isEnforced: true, "forwards to other schemes"),
            SchemeKind.WithoutTokens when options.SchemesWithoutAccessTokens.Contains(scheme.Name) => new(scheme.Name, isEnforced: true, "accepts no access tokens, says the application"),
            SchemeKind.WithoutTokens => new(scheme.Name, isEnforced: true, "accepts no access tokens"),
            SchemeKind.VerifiesBindings => new(scheme.Name, isEnforced: options.ExemptSchemes.Count == 0, "verifies bindings itself, says the application"),
            _ => new(scheme.Name, isEnforced: false, $"NOT GUARDED: {scheme.HandlerType.Name} is not known here"),
        };
    }

    private string Guarded(AuthenticationScheme scheme) => identities?.ContentOf(scheme.Name) is { } content ? $"guarded, {content}" : "guarded";

    private static IEnumerable<(string Option, string Scheme)> Named(BoundTokenEnforcementOptions options) =>
    [
        .. options.ExemptSchemes.Keys.Select(scheme => (nameof(options.ExemptScheme), scheme)),
        .. options.SchemesEnforcedByHandler.Select(scheme => (nameof(options.EnforcedByHandler), scheme)),
        .. options.ReportOnlySchemes.Select(scheme => (nameof(options.ReportOnly), scheme)),
        .. options.SchemesWithoutAccessTokens.Select(scheme => (nameof(options.AcceptsNoAccessTokens), scheme)),
        .. options.SchemesThatVerifyBindings.Select(scheme => (nameof(options.VerifiesBindings), scheme)),
        .. options.CertificateAuthenticationScheme is { } scheme ? [(nameof(options.CertificateAuthenticationScheme), scheme)] : Array.Empty<(string, string)>(),
    ];

    private bool IsSecondNetInPlace()
    {
        using var scope = scopes.CreateScope();
        return scope.ServiceProvider.GetService<IAuthenticationService>() is BoundAuthenticationService;
    }
}
