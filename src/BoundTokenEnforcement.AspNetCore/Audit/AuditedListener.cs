namespace BoundTokenEnforcement;

/// <summary>One address that the server listens on.</summary>
/// <param name="Address">The address.</param>
/// <param name="CertificateCanArrive">Whether a client certificate can arrive there; <see langword="null"/> if that could not be found out.</param>
/// <param name="Finding">How that is known.</param>
public sealed record AuditedListener(string Address, bool? CertificateCanArrive, string Finding);
