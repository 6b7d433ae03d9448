using Microsoft.AspNetCore.Authentication;

namespace BoundTokenEnforcement;

/// <summary>Whether the schemes enforce. One that does not is enough to say no.</summary>
internal sealed class SchemeStatus(IAuthenticationSchemeProvider schemes, JwtBearerForwarding forwarding)
{
    internal async ValueTask<string?> FindGapAsync(BoundTokenEnforcementOptions options, IReadOnlyCollection<string> names)
    {
        var all = await schemes.GetAllSchemesAsync().ConfigureAwait(false);
        if (names.Count == 0)
        {
            return FindGap(options, all);
        }

        var named = new List<AuthenticationScheme>();
        foreach (var name in names)
        {
            if (await schemes.GetSchemeAsync(name).ConfigureAwait(false) is not { } scheme)
            {
                return $"there is no authentication scheme '{name}'";
            }

            named.Add(scheme);
        }

        // It authenticates every request, whatever the endpoint says.
        if (await schemes.GetDefaultAuthenticateSchemeAsync().ConfigureAwait(false) is { } byDefault)
        {
            named.Add(byDefault);
        }

        return FindGap(options, named.Exists(forwarding.MayForward) ? all : named);
    }

    private static string? FindGap(BoundTokenEnforcementOptions options, IEnumerable<AuthenticationScheme> schemes)
    {
        var someTakesTokens = false;
        foreach (var scheme in schemes)
        {
            if (options.ExemptSchemes.ContainsKey(scheme.Name))
            {
                return $"scheme '{scheme.Name}' is exempt";
            }

            if (options.ModeOf(scheme.Name) == EnforcementMode.ReportOnly)
            {
                return $"scheme '{scheme.Name}' lets refused tokens through";
            }

            var kind = KindOf(scheme, options);
            if (kind == SchemeKind.Unknown)
            {
                return $"scheme '{scheme.Name}' is not guarded";
            }

            someTakesTokens |= kind is SchemeKind.Guarded or SchemeKind.VerifiesBindings;
        }

        return someTakesTokens ? null : "there is no authentication scheme that takes access tokens";
    }

    private static SchemeKind KindOf(AuthenticationScheme scheme, BoundTokenEnforcementOptions options) =>
        options.SchemesEnforcedByHandler.Contains(scheme.Name) ? SchemeKind.Guarded : SchemeKinds.KindOf(scheme, options);
}
