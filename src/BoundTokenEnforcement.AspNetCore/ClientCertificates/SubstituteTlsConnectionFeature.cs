using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http.Features;

namespace BoundTokenEnforcement;

/// <summary>
/// What the application sees in place of the connection's certificate: none where only we asked for it, because otherwise any stranger's would look
/// like one that TLS had checked; and the forwarded one while the application's certificate scheme validates it.
/// </summary>
internal sealed class SubstituteTlsConnectionFeature : ITlsConnectionFeature
{
    public X509Certificate2? ClientCertificate { get; set; }

    public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);
}
