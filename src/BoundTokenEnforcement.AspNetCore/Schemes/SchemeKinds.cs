using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace BoundTokenEnforcement;

/// <summary>Tells the kinds of schemes apart by their handlers. Who is not known is not trusted.</summary>
internal static class SchemeKinds
{
    // Packages that we do not reference; only their names are known here.
    private static readonly string[] HandlersWithoutTokens =
    [
        "Microsoft.AspNetCore.Authentication.Certificate.CertificateAuthenticationHandler",
        "Microsoft.AspNetCore.Authentication.Negotiate.NegotiateHandler",
    ];

    internal static SchemeKind KindOf(Type handler)
    {
        if (handler.IsAssignableTo(typeof(IGuardedHandler)))
        {
            return SchemeKind.Guarded;
        }

        if (handler == typeof(PolicySchemeHandler))
        {
            return SchemeKind.Forwards;
        }

        return handler == typeof(CookieAuthenticationHandler) || SignsInElsewhere(handler) || HandlersWithoutTokens.Contains(handler.FullName)
            ? SchemeKind.WithoutTokens
            : SchemeKind.Unknown;
    }

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
