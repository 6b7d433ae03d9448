using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>What one connection sends.</summary>
/// <param name="Certificate">Shown in the handshake.</param>
/// <param name="Tokens">Used in turn.</param>
/// <param name="ForwardedCertificate">The field <c>Client-Cert</c>, where a proxy stands between.</param>
internal sealed record LoadRequest(X509Certificate2? Certificate, IReadOnlyList<string> Tokens, string? ForwardedCertificate);
