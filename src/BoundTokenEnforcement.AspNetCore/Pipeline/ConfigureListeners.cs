using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>
/// Lets every Kestrel listener ask for client certificates. Registered before everything else, so that an application's own
/// <c>ConfigureHttpsDefaults</c>, of which Kestrel keeps only the last, replaces this and never the other way round.
/// </summary>
internal sealed class ConfigureListeners(EnforcementPolicy policy) : IConfigureOptions<KestrelServerOptions>
{
    public void Configure(KestrelServerOptions options)
    {
        // Listeners are changed only with a reason: HTTP/3 does not start with a handshake callback.
        if (policy.Current.RequestClientCertificates)
        {
            options.ConfigureHttpsDefaults(static https => ClientCertificateHandshake.Attach(https, asks: true));
        }
    }
}
