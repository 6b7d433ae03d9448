using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement;

/// <summary>Asks the application's own certificate scheme, if one is named, whether it accepts the certificate.</summary>
internal static class CertificateScheme
{
    internal static async ValueTask<bool> AcceptsAsync(HttpContext context, BoundTokenEnforcementOptions options, VerifiedBinding binding)
    {
        if (options.CertificateAuthenticationScheme is not { } name)
        {
            return true;
        }

        // Its handler reads this property, which anybody may have written to.
        if (context.Connection.ClientCertificate is not { } judgedByScheme || CertificateThumbprint.Of(judgedByScheme) != binding.Thumbprint)
        {
            return false;
        }

        var handlers = context.RequestServices.GetRequiredService<IAuthenticationHandlerProvider>();
        return await handlers.GetHandlerAsync(context, name) is { } handler
            && (await handler.AuthenticateAsync()).Succeeded;
    }
}
