using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>
/// Lets every Kestrel listener ask for client certificates. Registered before everything else, so that an application's own
/// <c>ConfigureHttpsDefaults</c>, of which Kestrel keeps only the last, replaces this and never the other way round.
/// </summary>
internal sealed class ConfigureListeners(EnforcementPolicy enforcement) : IConfigureOptions<KestrelServerOptions>
{
    public void Configure(KestrelServerOptions options)
    {
        var ask = enforcement.Current.RequestClientCertificates;
        options.ConfigureHttpsDefaults(https =>
        {
            if (ask)
            {
                ClientCertificateRequests.AskUnlessConfigured(https);
            }

            ClientCertificateRequests.Observe(https);
        });
    }
}
