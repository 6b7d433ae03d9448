namespace BoundTokenEnforcement;

/// <summary>
/// Which certificate the client presented, found out once, at the very start of the request, from the one configured source. Nothing that happens
/// to the request afterwards changes it.
/// </summary>
internal sealed class ClientCertificateState(PresentedCertificate? presented, CertificateSource source)
{
    /// <summary>The connection presented none.</summary>
    internal static ClientCertificateState None { get; } = new(null, CertificateSource.Connection);

    /// <summary>No proxy forwarded one.</summary>
    internal static ClientCertificateState NoneForwarded { get; } = new(null, CertificateSource.TrustedForwarder);

    /// <summary>The certificate, or <see langword="null"/> if the client presented none.</summary>
    internal PresentedCertificate? Presented { get; } = presented;

    /// <summary>The source that was in force when the request began.</summary>
    internal CertificateSource Source { get; } = source;
}
