using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Primitives;

namespace BoundTokenEnforcement;

/// <summary>The <c>Client-Cert-Chain</c> field, where it is read: as strictly as the certificate itself, and remembered like it.</summary>
internal sealed class ForwardedChainField
{
    internal const string Name = "Client-Cert-Chain";

    private static readonly object WellFormed = new();

    private readonly KnownFieldValues<object> _known = new();

    internal bool IsWellFormed(StringValues lines)
    {
        // Proxies write one line. Several are allowed (RFC 9110 §5.3), and are read each time.
        var only = lines.Count == 1 ? lines[0] : null;
        if (only is not null && _known.TryGet(only, out _))
        {
            return true;
        }

        if (!ForwardedCertificateChain.TryRead(lines, out var chain))
        {
            return false;
        }

        Dispose(chain);
        if (only is not null)
        {
            _known.Remember(only, WellFormed);
        }

        return true;
    }

    internal static void Dispose(X509Certificate2Collection certificates)
    {
        foreach (var certificate in certificates)
        {
            certificate.Dispose();
        }
    }
}
