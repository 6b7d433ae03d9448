using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>Looks at the authentication schemes, and at the options that name some.</summary>
internal sealed class SchemeAudit(
    EnforcementPolicy policy,
    IAuthenticationSchemeProvider schemes,
    JwtBearerForwarding forwarding,
    IOptionsMonitor<CookieAuthenticationOptions> cookies,
    IServiceScopeFactory scopes)
{
    internal async Task<IReadOnlyList<AuditedScheme>> RunAsync(AuditFaults faults)
    {
        var options = policy.Current;
        var all = (await schemes.GetAllSchemesAsync().ConfigureAwait(false)).ToList();
        var audited = all.ConvertAll(scheme => Look(scheme, options));

        // The second net refuses what their handlers accept.
        faults.AddRefusingRange(all
            .Where(scheme => SchemeKinds.KindOf(scheme.HandlerType) == SchemeKind.Unknown && !IsNamed(scheme.Name, options))
            .Select(scheme => $"Scheme '{scheme.Name}' may accept access tokens, and nobody judges them. Call LeaveUnguarded(\"{scheme.Name}\", because: …) or JudgedByHandler(\"{scheme.Name}\") in AddBoundTokenEnforcement."));
        faults.AddRefusingRange(Named(options)
            .Where(named => !all.Exists(scheme => scheme.Name == named.Scheme))
            .Select(named => $"{named.Option} names scheme '{named.Scheme}', which does not exist."));
        faults.AddRange(options.UnguardedSchemes.Keys
            .Where(scheme => options.JudgedByHandlerSchemes.Contains(scheme) || options.ReportOnlySchemes.Contains(scheme))
            .Select(scheme => $"LeaveUnguarded names scheme '{scheme}', and JudgedByHandler or ReportOnly does too. Keep one."));

        faults.AddRange(all
            .Where(scheme => scheme.HandlerType == typeof(CookieAuthenticationHandler) && !options.UnguardedSchemes.ContainsKey(scheme.Name)
                && cookies.Get(scheme.Name).TicketDataFormat is not (null or TicketDataFormat))
            .Select(scheme => $"Scheme '{scheme.Name}' reads its cookie by a TicketDataFormat of its own, which may accept access tokens. Call LeaveUnguarded(\"{scheme.Name}\", because: …)."));

        // It would wait for itself.
        if (all.Find(scheme => scheme.Name == options.CertificateAuthenticationScheme) is { } certificates
            && (IsJudged(certificates, options) || SchemeKinds.KindOf(certificates.HandlerType) == SchemeKind.Forwards))
        {
            faults.Add($"CertificateAuthenticationScheme names scheme '{certificates.Name}', which accepts access tokens. Name one that accepts certificates.");
        }

        if (!all.Exists(scheme => IsJudged(scheme, options)))
        {
            faults.AddRefusing("There is no scheme to enforce bindings in. Add a JwtBearer scheme to AddAuthentication(), or name the scheme of a handler of your own in JudgedByHandler(…).");
        }

        if (!IsSecondNetInPlace())
        {
            faults.Add("Another IAuthenticationService was registered after AddBoundTokenEnforcement() and stands in its place. Register it before.");
        }

        return audited;
    }

    private static bool IsNamed(string scheme, BoundTokenEnforcementOptions options) =>
        options.UnguardedSchemes.ContainsKey(scheme) || options.JudgedByHandlerSchemes.Contains(scheme) || options.ReportOnlySchemes.Contains(scheme);

    private static bool IsJudged(AuthenticationScheme scheme, BoundTokenEnforcementOptions options) =>
        SchemeKinds.KindOf(scheme.HandlerType) == SchemeKind.Guarded || options.JudgedByHandlerSchemes.Contains(scheme.Name);

    private AuditedScheme Look(AuthenticationScheme scheme, BoundTokenEnforcementOptions options)
    {
        if (options.UnguardedSchemes.TryGetValue(scheme.Name, out var because))
        {
            return new(scheme.Name, IsEnforced: false, $"UNGUARDED, because: {because}");
        }

        if (options.ModeOf(scheme.Name) == EnforcementMode.ReportOnly)
        {
            return new(scheme.Name, IsEnforced: false, "REPORT ONLY: refusals are told and not carried out");
        }

        if (options.JudgedByHandlerSchemes.Contains(scheme.Name))
        {
            return new(scheme.Name, IsEnforced: options.UnguardedSchemes.Count == 0, "guarded: its handler hands its tokens over");
        }

        return SchemeKinds.KindOf(scheme.HandlerType) switch
        {
            SchemeKind.Guarded when forwarding.MayForward(scheme) => new(scheme.Name, IsEnforced: options.UnguardedSchemes.Count == 0, "guarded, and forwards to other schemes"),
            SchemeKind.Guarded => new(scheme.Name, IsEnforced: true, "guarded"),
            SchemeKind.Forwards => new(scheme.Name, IsEnforced: true, "forwards to other schemes"),
            SchemeKind.WithoutTokens => new(scheme.Name, IsEnforced: true, "accepts no access tokens"),
            _ => new(scheme.Name, IsEnforced: false, $"NOT GUARDED: {scheme.HandlerType.Name} is not known here"),
        };
    }

    private static IEnumerable<(string Option, string Scheme)> Named(BoundTokenEnforcementOptions options) =>
    [
        .. options.UnguardedSchemes.Keys.Select(scheme => (nameof(options.LeaveUnguarded), scheme)),
        .. options.JudgedByHandlerSchemes.Select(scheme => (nameof(options.JudgedByHandler), scheme)),
        .. options.ReportOnlySchemes.Select(scheme => (nameof(options.ReportOnly), scheme)),
        .. options.CertificateAuthenticationScheme is { } scheme ? [(nameof(options.CertificateAuthenticationScheme), scheme)] : Array.Empty<(string, string)>(),
    ];

    private bool IsSecondNetInPlace()
    {
        using var scope = scopes.CreateScope();
        return scope.ServiceProvider.GetService<IAuthenticationService>() is BoundAuthenticationService;
    }
}
