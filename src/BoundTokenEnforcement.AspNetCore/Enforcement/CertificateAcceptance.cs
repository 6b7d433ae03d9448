using System.Security.Claims;

namespace BoundTokenEnforcement;

/// <summary>What the application's certificate scheme said.</summary>
/// <param name="Accepts">Whether it accepts the certificate. A default value does not.</param>
/// <param name="Principal">Whom it takes its owner for; <see langword="null"/> if it was not asked.</param>
internal readonly record struct CertificateAcceptance(bool Accepts, ClaimsPrincipal? Principal);
