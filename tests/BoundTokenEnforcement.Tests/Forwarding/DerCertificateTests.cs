using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Tests;

/// <summary>D26: one certificate in DER, and nothing that the loader would understand besides.</summary>
[Requirement("D26")]
public sealed class DerCertificateTests
{
    private static readonly byte[] Der = Convert.FromBase64String(PublishedCertificates.A.Der);

    // Appendix A of RFC 8705: 30 82 01 06 | 30 81 AC … | 30 0A 06 08 … | 03 49 00 …
    private static readonly byte[] Tbs = Der[4..179];
    private static readonly byte[] Algorithm = Der[179..191];
    private static readonly byte[] Signature = Der[191..];

    public static TheoryData<string, byte[]> OtherForms => new()
    {
        { "nothing", [] },
        { "one byte", [0x30] },
        { "a byte behind", [.. Der, 0] },
        { "twice", [.. Der, .. Der] },
        { "a byte before", [0, .. Der] },
        { "cut", Der[..^1] },
        { "a byte inside, behind the signature", Sequence([.. Tbs, .. Algorithm, .. Signature, 0]) },
        { "indefinite length", [0x30, 0x80, .. Der[4..], 0, 0] },
        { "longer length than needed", [0x30, 0x83, 0, .. Der[2..]] },
        { "longer length inside", Sequence([0x30, 0x82, 0, 0xAC, .. Tbs[3..], .. Algorithm, .. Signature]) },
        { "longer length of the algorithm", Sequence([.. Tbs, 0x30, 0x81, 0x0A, .. Algorithm[2..], .. Signature]) },
        { "longer length of the signature", Sequence([.. Tbs, .. Algorithm, 0x03, 0x81, 0x49, .. Signature[2..]]) },
        { "signature in pieces", Sequence([.. Tbs, .. Algorithm, 0x23, 0x4B, .. Signature]) },
        { "another tag", [0x31, .. Der[1..]] },
        { "primitive", [0x10, .. Der[1..]] },
        { "to-be-signed part alone", Tbs },
        { "only the first field", Sequence(Tbs) },
        { "without the signature", Sequence([.. Tbs, .. Algorithm]) },
        { "without the algorithm", Sequence([.. Tbs, .. Signature]) },
        { "octets for the signature", Sequence([.. Tbs, .. Algorithm, 0x04, .. Signature[1..]]) },
        { "a number first", Sequence([0x02, 0x01, 0x01, .. Tbs, .. Algorithm, .. Signature]) },
        { "PEM text", Encoding.ASCII.GetBytes(ProxyForms.Pem(Der)) },
        { "base64 text", Encoding.ASCII.GetBytes(PublishedCertificates.A.Der) },
        { "PFX", Minted(certificate => certificate.Export(X509ContentType.Pkcs12)) },
        { "PKCS #7", Minted(certificate => new X509Certificate2Collection(certificate).Export(X509ContentType.Pkcs7)!) },
        { "serialized store", Encoding.ASCII.GetBytes("CERT") },
        { "EC key", WithKey(key => key.ExportECPrivateKey()) },
        { "PKCS #8 key", WithKey(key => key.ExportPkcs8PrivateKey()) },
        { "public key", WithKey(key => key.ExportSubjectPublicKeyInfo()) },
        { "deeply nested", [.. Enumerable.Range(0, 4000).SelectMany(_ => new byte[] { 0x30, 0x80 })] },
    };

    // They look like a certificate from outside.
    public static TheoryData<string, byte[]> OtherContents => new()
    {
        { "certificate request", WithKey(key => new CertificateRequest("CN=a", key, HashAlgorithmName.SHA256).CreateSigningRequest()) },
        { "revocation list", Minted(certificate => new CertificateRevocationListBuilder().Build(
            certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(certificate.GetECDsaPrivateKey()!), 1, DateTimeOffset.UnixEpoch.AddYears(80), HashAlgorithmName.SHA256, X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(new byte[20]))) },
        { "nothing inside", [0x30, 0x08, 0x30, 0x00, 0x30, 0x00, 0x03, 0x02, 0x00, 0x00] },
        { "BER inside the algorithm", Sequence([.. Tbs, 0x30, 0x0B, 0x06, 0x81, 0x08, .. Algorithm[4..], .. Signature]) },
    };

    [Fact]
    public void TryLoad_Certificate_Loaded()
    {
        Assert.Equal(Der, Sequence([.. Tbs, .. Algorithm, .. Signature]));
        Assert.True(DerCertificate.HasOuterForm(Der));
        Assert.True(DerCertificate.TryLoad(Der, out var certificate));
        Assert.Equal(Der, certificate.RawData);
        Assert.False(certificate.HasPrivateKey);
        certificate.Dispose();
    }

    [Theory]
    [MemberData(nameof(OtherForms))]
    public void HasOuterForm_AnotherForm_False(string what, byte[] der)
    {
        Assert.NotEmpty(what);
        Assert.False(DerCertificate.HasOuterForm(der));
        AssertRefusedInEveryFormat(der);
    }

    [Theory]
    [MemberData(nameof(OtherContents))]
    public void TryLoad_AnotherContent_False(string what, byte[] der)
    {
        Assert.NotEmpty(what);
        Assert.True(DerCertificate.HasOuterForm(der));
        AssertRefusedInEveryFormat(der);
    }

    private static void AssertRefusedInEveryFormat(byte[] der)
    {
        Assert.False(DerCertificate.TryLoad(der, out var certificate));
        Assert.Null(certificate);
        if (der.Length > 0)
        {
            Assert.All(
                Enum.GetValues<ForwardedCertificateFormat>().Where(ProxyForms.HoldsCertificate),
                format => ProxyForms.AssertMalformed(format, ProxyForms.Write(format, der)));
        }
    }

    private static byte[] Sequence(byte[] content) => content.Length < 256
        ? [0x30, 0x81, (byte)content.Length, .. content]
        : [0x30, 0x82, (byte)(content.Length >> 8), (byte)content.Length, .. content];

    private static byte[] Minted(Func<X509Certificate2, byte[]> export)
    {
        using var certificate = TestCertificates.SelfSigned("a");
        return export(certificate);
    }

    private static byte[] WithKey(Func<ECDsa, byte[]> export)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return export(key);
    }
}
