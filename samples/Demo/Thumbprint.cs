using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Demo;

/// <summary>The thumbprint of a certificate as RFC 8705 writes it, computed here without the library that is on show.</summary>
internal static class Thumbprint
{
    public static string Of(X509Certificate2 certificate) => Base64Url.EncodeToString(SHA256.HashData(certificate.RawData));
}
