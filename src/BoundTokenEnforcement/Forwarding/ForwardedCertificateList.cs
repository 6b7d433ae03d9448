using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement;

/// <summary>All the certificates of one field value: one, or the client's own and what else it sent.</summary>
internal static class ForwardedCertificateList
{
    /// <summary>The client's own, and the longest chain.</summary>
    internal const int MaxCount = 1 + ForwardedCertificateChain.MaxCertificates;

    /// <summary>Loads into <paramref name="certificates"/>, all or none. What was loaded before something was refused is disposed.</summary>
    internal static bool TryLoad(ForwardedCertificateFormat format, ReadOnlySpan<char> value, X509Certificate2Collection certificates)
    {
        var ders = new List<byte[]>();
        if (!TryDecode(format, value, ders))
        {
            return false;
        }

        foreach (var der in ders)
        {
            if (!DerCertificate.TryLoad(der, out var certificate))
            {
                DisposeAll(certificates);
                return false;
            }

            certificates.Add(certificate);
        }

        return true;
    }

    internal static void DisposeAll(X509Certificate2Collection certificates)
    {
        foreach (var certificate in certificates)
        {
            certificate.Dispose();
        }

        certificates.Clear();
    }

    private static bool TryDecode(ForwardedCertificateFormat format, ReadOnlySpan<char> value, List<byte[]> ders) => format switch
    {
        ForwardedCertificateFormat.EscapedPemChain => EscapedPemField.TryDecodeAll(value, MaxCount, ders),
        ForwardedCertificateFormat.Base64DerChain => TryDecodeBase64(value, ders),
        ForwardedCertificateFormat.XfccChain => XfccField.TryDecodeChain(value, MaxCount, ders),
        _ => TryDecodeOne(format, value, ders),
    };

    private static bool TryDecodeBase64(ReadOnlySpan<char> value, List<byte[]> ders)
    {
        foreach (var member in value.Split(','))
        {
            if (ders.Count == MaxCount || !StrictBase64.TryDecode(value[member], out var der))
            {
                return false;
            }

            ders.Add(der);
        }

        return true;
    }

    private static bool TryDecodeOne(ForwardedCertificateFormat format, ReadOnlySpan<char> value, List<byte[]> ders)
    {
        byte[]? der = null;
        var isRead = format switch
        {
            // The rest of its chain stands in a field of its own.
            ForwardedCertificateFormat.ClientCert or ForwardedCertificateFormat.ClientCertChain => ClientCertField.TryDecode(value, out der),
            ForwardedCertificateFormat.EscapedPem => EscapedPemField.TryDecode(value, out der),
            ForwardedCertificateFormat.Base64Der => StrictBase64.TryDecode(value, out der),
            ForwardedCertificateFormat.SpacedPem => PemCertificate.TryDecode(value, " ", out der),
            ForwardedCertificateFormat.Xfcc => XfccField.TryDecode(value, out der),
            _ => false,
        };
        ders.AddRange(isRead ? [der!] : []);
        return isRead;
    }
}
