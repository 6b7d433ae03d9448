using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement;

/// <summary>Asks the application's own certificate scheme, if one is named, whether it accepts the certificate.</summary>
internal static class CertificateScheme
{
    internal static async ValueTask<bool> AcceptsAsync(HttpContext context, RequestBinding request, VerifiedBinding binding)
    {
        if (request.Options.CertificateAuthenticationScheme is not { } name)
        {
            return true;
        }

        if (binding.Source == CertificateSource.Connection)
        {
            return await IsAcceptedAsync(context, name, binding).ConfigureAwait(false);
        }

        using (DisclosedCertificate.Show(context, request.Certificate?.Presented, request.Policy.Forwarder))
        {
            return await IsAcceptedAsync(context, name, binding).ConfigureAwait(false);
        }
    }

    private static async ValueTask<bool> IsAcceptedAsync(HttpContext context, string name, VerifiedBinding binding)
    {
        // The scheme's handler reads this property, which middleware may have assigned.
        if (context.Connection.ClientCertificate is not { } seenByScheme || CertificateThumbprint.Of(seenByScheme) != binding.Thumbprint)
        {
            return false;
        }

        // A guarded handler would call back here, and a forwarding one may.
        return await NewHandlerAsync(context, name).ConfigureAwait(false) is { } handler
            && SchemeKinds.KindOf(handler.GetType()) is not (SchemeKind.Guarded or SchemeKind.Forwards)
            && (await handler.AuthenticateAsync().ConfigureAwait(false)).Succeeded;
    }

    // Handlers cache their result per request, so an existing instance may have authenticated another certificate.
    private static async ValueTask<IAuthenticationHandler?> NewHandlerAsync(HttpContext context, string name)
    {
        var services = context.RequestServices;
        if (await services.GetRequiredService<IAuthenticationSchemeProvider>().GetSchemeAsync(name).ConfigureAwait(false) is not { } scheme)
        {
            return null;
        }

        var registered = services.GetService(scheme.HandlerType);
        if (registered is not null && ReferenceEquals(registered, services.GetService(scheme.HandlerType)))
        {
            // The handler is registered as scoped or singleton; no fresh instance can be created.
            return null;
        }

        var handler = (IAuthenticationHandler)(registered ?? ActivatorUtilities.CreateInstance(services, scheme.HandlerType));
        await handler.InitializeAsync(scheme, context).ConfigureAwait(false);
        return handler;
    }
}
