using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement;

/// <summary>Reads the certificates that a proxy forwards beside the client's own, in <c>Client-Cert-Chain</c> (<see href="https://www.rfc-editor.org/rfc/rfc9440#section-2.3">RFC 9440 §2.3</see>).</summary>
/// <remarks>
/// Never proof of possession: no key of these certificates was proven. They only help to build the chain of the certificate in <c>Client-Cert</c>. Not
/// checked: that they are such a chain, that the field comes from a proxy that may be believed, and that <c>Client-Cert</c> is there, without which
/// this field must not be.
/// </remarks>
public static class ForwardedCertificateChain
{
    /// <summary>The most characters of all field lines together that are looked at. More are refused.</summary>
    /// <value>65,536.</value>
    public const int MaxLength = 64 * 1024;

    /// <summary>The most certificates. More are refused.</summary>
    /// <value>16.</value>
    public const int MaxCertificates = 16;

    /// <summary>
    /// Reads a list of byte sequences (<see href="https://www.rfc-editor.org/rfc/rfc9651#section-4.2.1">RFC 9651 §4.2.1</see>). All or nothing: an empty member, a
    /// parameter, an inner list, or anything that is not exactly one DER certificate, and none is returned.
    /// </summary>
    /// <param name="fieldLines">The values of the field lines, in their order.</param>
    /// <param name="chain">
    /// The certificates as they stand in the TLS handshake, without the client's own, often without the root; empty if there is no line, or only an empty one.
    /// The caller disposes them.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="fieldLines"/> is null. Nothing that a request holds causes an exception.</exception>
    public static bool TryRead(IReadOnlyList<string?> fieldLines, [NotNullWhen(true)] out X509Certificate2Collection? chain)
    {
        ArgumentNullException.ThrowIfNull(fieldLines);
        var read = new X509Certificate2Collection();
        chain = TryRead(fieldLines, read) ? read : null;
        return chain is not null;
    }

    /// <summary>Loads into <paramref name="chain"/>. What was loaded before something was refused is disposed.</summary>
    internal static bool TryRead(IReadOnlyList<string?> fieldLines, X509Certificate2Collection chain)
    {
        if (fieldLines is [] or [null or ""])
        {
            return true;
        }

        if (IsTooLong(fieldLines) || !TryAddAll(fieldLines, chain))
        {
            foreach (var certificate in chain)
            {
                certificate.Dispose();
            }

            return false;
        }

        return true;
    }

    private static bool IsTooLong(IReadOnlyList<string?> fieldLines)
    {
        var left = MaxLength;
        foreach (var line in fieldLines)
        {
            left -= line?.Length ?? 0;
            if (left < 0)
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryAddAll(IReadOnlyList<string?> fieldLines, X509Certificate2Collection chain)
    {
        foreach (var line in fieldLines)
        {
            // No byte sequence holds a comma, so that none can go on in the next line.
            var members = line.AsSpan();
            foreach (var member in members.Split(','))
            {
                if (chain.Count == MaxCertificates
                    || !ClientCertField.TryDecode(members[member].Trim(" \t"), out var der)
                    || !DerCertificate.TryLoad(der, out var certificate))
                {
                    return false;
                }

                chain.Add(certificate);
            }
        }

        return true;
    }
}
