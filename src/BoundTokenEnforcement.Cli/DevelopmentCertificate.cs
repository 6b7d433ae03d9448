using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement;

/// <summary>The self-signed client certificate that tokens for development are bound to. No authority vouches for it: it shows possession of its key and nothing else.</summary>
internal static class DevelopmentCertificate
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(365);

    internal static DirectoryInfo DefaultFolder { get; } = new(Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "bound-token"));

    internal static string CertificateIn(DirectoryInfo folder) => Path.Combine(folder.FullName, "client.pem");

    internal static string KeyIn(DirectoryInfo folder) => Path.Combine(folder.FullName, "client.key");

    /// <exception cref="IOException">The files cannot be read or written.</exception>
    internal static X509Certificate2 LoadOrCreate(DirectoryInfo folder, TimeProvider clock)
    {
        var (certificatePath, keyPath) = (CertificateIn(folder), KeyIn(folder));
        if (File.Exists(certificatePath) && File.Exists(keyPath))
        {
            var existing = X509CertificateLoader.LoadCertificateFromFile(certificatePath);
            if (existing.NotAfter.ToUniversalTime() > clock.GetUtcNow().UtcDateTime.AddDays(1))
            {
                return existing;
            }

            existing.Dispose();
        }

        Directory.CreateDirectory(folder.FullName);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=bound-token development", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        var now = clock.GetUtcNow();
        var created = request.CreateSelfSigned(now.AddMinutes(-5), now + Life);
        WriteForOwnerOnly(keyPath, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(certificatePath, created.ExportCertificatePem() + "\n");
        return created;
    }

    private static void WriteForOwnerOnly(string path, string text)
    {
        // Never with the rights of a file that was there before.
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(text + "\n");
    }
}
