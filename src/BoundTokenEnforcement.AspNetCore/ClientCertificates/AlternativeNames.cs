using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement;

/// <summary>The subject alternative names of a certificate (RFC 5280 §4.2.1.6), of the kinds that RFC 8705 §2.1.2 knows.</summary>
internal sealed class AlternativeNames
{
    private const string ExtensionId = "2.5.29.17";

    private static readonly Asn1Tag Email = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag Dns = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag Uri = new(TagClass.ContextSpecific, 6);
    private static readonly Asn1Tag Ip = new(TagClass.ContextSpecific, 7);

    private AlternativeNames()
    {
    }

    internal List<string> DnsNames { get; } = [];

    internal List<string> Uris { get; } = [];

    internal List<IPAddress> IpAddresses { get; } = [];

    internal List<string> EmailAddresses { get; } = [];

    /// <returns><see langword="false"/> for an extension that is not exactly what the RFC has, or that is there twice. A certificate without it has no such names.</returns>
    internal static bool TryRead(X509Certificate2 certificate, [NotNullWhen(true)] out AlternativeNames? names)
    {
        names = null;
        var read = new AlternativeNames();
        var extensions = certificate.Extensions.Where(static extension => extension.Oid?.Value == ExtensionId).ToList();
        if (extensions.Count > 1)
        {
            return false;
        }

        try
        {
            foreach (var extension in extensions)
            {
                read.Add(extension.RawData);
            }
        }
        catch (Exception e) when (e is AsnContentException or ArgumentException)
        {
            return false;
        }

        names = read;
        return true;
    }

    // GeneralNames ::= SEQUENCE OF GeneralName. The other kinds are passed over.
    private void Add(byte[] der)
    {
        var reader = new AsnReader(der, AsnEncodingRules.DER);
        var sequence = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        while (sequence.HasData)
        {
            var tag = sequence.PeekTag();
            if (tag == Dns)
            {
                DnsNames.Add(sequence.ReadCharacterString(UniversalTagNumber.IA5String, Dns));
            }
            else if (tag == Uri)
            {
                Uris.Add(sequence.ReadCharacterString(UniversalTagNumber.IA5String, Uri));
            }
            else if (tag == Email)
            {
                EmailAddresses.Add(sequence.ReadCharacterString(UniversalTagNumber.IA5String, Email));
            }
            else if (tag == Ip)
            {
                // 4 or 16 bytes, or it is no address.
                IpAddresses.Add(new IPAddress(sequence.ReadOctetString(Ip)));
            }
            else
            {
                _ = sequence.ReadEncodedValue();
            }
        }
    }
}
