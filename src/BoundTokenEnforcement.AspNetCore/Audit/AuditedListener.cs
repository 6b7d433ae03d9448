namespace BoundTokenEnforcement;

/// <summary>One address that the server listens on.</summary>
public sealed class AuditedListener
{
    /// <summary>Describes one, for tests of code that reads the report.</summary>
    /// <param name="address">The address.</param>
    /// <param name="certificateCanArrive">Whether a client certificate can arrive there; <see langword="null"/> if that could not be found out.</param>
    /// <param name="finding">How that is known.</param>
    public AuditedListener(string address, bool? certificateCanArrive, string finding) =>
        (Address, CertificateCanArrive, Finding) = (address, certificateCanArrive, finding);

    /// <summary>The address.</summary>
    public string Address { get; }

    /// <summary>Whether a client certificate can arrive there; <see langword="null"/> if that could not be found out.</summary>
    public bool? CertificateCanArrive { get; }

    /// <summary>How that is known.</summary>
    public string Finding { get; }
}
