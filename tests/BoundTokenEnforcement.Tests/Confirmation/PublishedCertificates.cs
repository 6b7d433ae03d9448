using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace BoundTokenEnforcement.Tests;

/// <summary>The certificates of tests/vectors/certificates.json. A and B are unrelated.</summary>
internal static class PublishedCertificates
{
    internal sealed record Entry(string Name, string Source, string Der, string Thumbprint)
    {
        internal X509Certificate2 Load() => X509CertificateLoader.LoadCertificate(Convert.FromBase64String(Der));

        internal PresentedCertificate Present()
        {
            using var certificate = Load();
            return new PresentedCertificate(certificate, CertificateSource.Connection);
        }
    }

    internal static IReadOnlyList<Entry> All { get; } = JsonSerializer.Deserialize<Entry[]>(
        File.ReadAllText(Repository.PathOf("tests", "vectors", "certificates.json")),
        VectorFormat.Options)!;

    /// <summary>RFC 8705 Appendix A: X.509 v1, self-signed, expired.</summary>
    internal static Entry A { get; } = Named("rfc8705-a");

    /// <summary>RFC 9440 Appendix A. Its thumbprint contains both '-' and '_'.</summary>
    internal static Entry B { get; } = Named("rfc9440-leaf");

    internal static Entry Named(string name) => All.Single(entry => entry.Name == name);
}
