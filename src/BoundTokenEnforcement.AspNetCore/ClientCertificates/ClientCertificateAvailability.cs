using Microsoft.AspNetCore.Http.Features;

namespace BoundTokenEnforcement;

/// <summary>Whether a client certificate can reach this host at all, as tried at its listeners or seen on its connections.</summary>
internal sealed class ClientCertificateAvailability
{
    private volatile bool _canArrive;

    /// <summary>Whether some connection was asked for a certificate, or presented one.</summary>
    internal bool CanArrive => _canArrive;

    /// <summary>A listener was found to ask for certificates.</summary>
    internal void Confirm() => _canArrive = true;

    internal void Observe(IFeatureCollection features, ClientCertificateState certificate)
    {
        if (!_canArrive && (certificate.Presented is not null || features.Get<ClientCertificateRequest>() is not null))
        {
            _canArrive = true;
        }
    }
}
