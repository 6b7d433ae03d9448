using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace BoundTokenEnforcement;

/// <summary>Classifies schemes by handler type. Unknown handlers are not trusted.</summary>
internal static class SchemeKinds
{
    // Packages that we do not reference, and internal types; only their names are known here.
    private static readonly string[] HandlersWithoutTokens =
    [
        CertificateHandler,
        "Microsoft.AspNetCore.Authentication.Negotiate.NegotiateHandler",
        BearerTokenHandler,
        McpHandler,
    ];

    /// <summary>The handler of <c>AddBearerToken</c>: its tokens are protected by the application itself, and no authorization server issues such.</summary>
    internal const string BearerTokenHandler = "Microsoft.AspNetCore.Authentication.BearerToken.BearerTokenHandler";

    /// <summary>The handler of OpenIddict's validation. It compares certificates only since some version, so that the application must say it.</summary>
    internal const string OpenIddictHandler = "OpenIddict.Validation.AspNetCore.OpenIddictValidationAspNetCoreHandler";

    /// <summary>The default scheme of <c>AddIdentityApiEndpoints</c>: its own bearer tokens, and then the cookie.</summary>
    private const string IdentityHandler = "Microsoft.Extensions.DependencyInjection.IdentityServiceCollectionExtensions+CompositeIdentityHandler";

    private const string McpHandler = "ModelContextProtocol.AspNetCore.Authentication.McpAuthenticationHandler";

    internal const string CertificateHandler = "Microsoft.AspNetCore.Authentication.Certificate.CertificateAuthenticationHandler";

    /// <summary>The application's statement about an unknown handler, or else the kind of the handler type.</summary>
    internal static SchemeKind KindOf(AuthenticationScheme scheme, BoundTokenEnforcementOptions options)
    {
        var kind = KindOf(scheme.HandlerType);
        if (kind is SchemeKind.Guarded or SchemeKind.Forwards)
        {
            return kind;
        }

        return options.SchemesThatVerifyBindings.Contains(scheme.Name) ? SchemeKind.VerifiesBindings
            : options.SchemesWithoutAccessTokens.Contains(scheme.Name) ? SchemeKind.WithoutTokens
            : kind;
    }

    internal static SchemeKind KindOf(Type handler)
    {
        if (handler.IsAssignableTo(typeof(IGuardedHandler)))
        {
            return SchemeKind.Guarded;
        }

        if (handler == typeof(PolicySchemeHandler) || handler.FullName == IdentityHandler)
        {
            return SchemeKind.Forwards;
        }

        return handler == typeof(CookieAuthenticationHandler) || SignsInElsewhere(handler) || HandlersWithoutTokens.Contains(handler.FullName)
            ? SchemeKind.WithoutTokens
            : SchemeKind.Unknown;
    }

    /// <summary>Whether the handler answers programs with 401, and not people with a redirection.</summary>
    internal static bool AnswersApiClients(Type handler) => handler.FullName is BearerTokenHandler or McpHandler;

    private static bool SignsInElsewhere(Type handler)
    {
        for (var type = handler.BaseType; type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(RemoteAuthenticationHandler<>))
            {
                return true;
            }
        }

        return false;
    }
}
