using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http.Features;

namespace BoundTokenEnforcement;

/// <summary>
/// Stands in front of the application where only we asked for the certificate: it sees none, as before. Otherwise any stranger's certificate would
/// look to it like one that TLS had checked.
/// </summary>
internal sealed class UncheckedCertificate : ITlsConnectionFeature
{
    public X509Certificate2? ClientCertificate { get; set; }

    public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);
}
