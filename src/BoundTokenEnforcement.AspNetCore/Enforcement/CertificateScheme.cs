using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Certificate;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>Asks the application's own certificate scheme, if one is named, whether it accepts the certificate.</summary>
internal static class CertificateScheme
{
    internal static async ValueTask<CertificateAcceptance> AskAsync(HttpContext context, RequestBinding request, VerifiedBinding binding)
    {
        if (request.Options.CertificateAuthenticationScheme is not { } name)
        {
            return new(Accepts: true, Principal: null);
        }

        if (binding.Source == CertificateSource.Connection)
        {
            return await AskAsync(context, name, binding, []).ConfigureAwait(false);
        }

        var sent = request.Policy.Forwarder?.ReadOthersAgain(context.Request) ?? [];
        try
        {
            using (DisclosedCertificate.Show(context, request.Certificate?.Presented, request.Policy.Forwarder))
            {
                return await AskAsync(context, name, binding, sent).ConfigureAwait(false);
            }
        }
        finally
        {
            ForwardedChainField.Dispose(sent);
        }
    }

    private static async ValueTask<CertificateAcceptance> AskAsync(HttpContext context, string name, VerifiedBinding binding, X509Certificate2Collection sent)
    {
        // The scheme's handler reads this property, which middleware may have assigned.
        if (context.Connection.ClientCertificate is not { } seenByScheme || CertificateThumbprint.Of(seenByScheme) != binding.Thumbprint)
        {
            return default;
        }

        // A guarded handler would call back here, and a forwarding one may.
        if (await NewHandlerAsync(context, name, sent).ConfigureAwait(false) is not { } handler
            || SchemeKinds.KindOf(handler.GetType()) is SchemeKind.Guarded or SchemeKind.Forwards)
        {
            return default;
        }

        var result = await handler.AuthenticateAsync().ConfigureAwait(false);
        return new(result.Succeeded, result.Principal);
    }

    // Handlers cache their result per request, so an existing instance may have authenticated another certificate.
    private static async ValueTask<IAuthenticationHandler?> NewHandlerAsync(HttpContext context, string name, X509Certificate2Collection sent)
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

        var handler = (IAuthenticationHandler)(sent.Count > 0 && scheme.HandlerType.FullName == SchemeKinds.CertificateHandler
            ? ActivatorUtilities.CreateInstance(services, scheme.HandlerType, new ForwardedChainOptions(services.GetRequiredService<IOptionsMonitor<CertificateAuthenticationOptions>>(), sent))
            : registered ?? ActivatorUtilities.CreateInstance(services, scheme.HandlerType));
        await handler.InitializeAsync(scheme, context).ConfigureAwait(false);
        return handler;
    }
}
