using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement;

internal sealed class FixedClientCertificate(X509Certificate2 certificate) : IClientCertificateProvider
{
    public X509Certificate2 Current => certificate;
}
