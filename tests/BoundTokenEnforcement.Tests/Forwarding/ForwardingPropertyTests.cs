using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using BoundTokenEnforcement.TestSupport;
using CsCheck;

namespace BoundTokenEnforcement.Tests;

/// <summary>Never throws, and accepts nothing that the certificate, written again, would not give: one million values, and some.</summary>
public sealed partial class ForwardingPropertyTests
{
    private const int ValuesOfAllFormats = 1_000_000;

    // Few, because minting is slow; unlike in length, so that each padding and each kind of last line is there.
    private static readonly byte[][] Pool =
    [
        .. PublishedCertificates.All.Select(entry => Convert.FromBase64String(entry.Der)),
        .. Enumerable.Range(0, 6).Select(i => ProxyForms.Der(TestCertificates.SelfSigned(new string('a', i + 1)))),
        ProxyForms.Der(TestCertificates.Rsa("rsa")),
        ProxyForms.Der(TestCertificates.Large("large", 5, 500)),
    ];

    // What means something to one of the parsers, or looks like it.
    private static readonly Gen<string> Piece = Gen.Frequency(
        (6, Gen.OneOf(
            "", "=", "==", "+", "-", "/", "_", ":", ";", ",", ", ", "\"", "\\", "\\\"", " ", "\n", "\r\n", "\t", "\0", "%", "%0", "%0A", "%0a", "%00", "%zz", "%2B", "%252B", "%20",
            "%C0%AF", "%u002B", "Chain=", ";chain=\"", "Cert=", ",Cert=\"", ";cert=\"", "Hash=", "hash=", ";Hash=\"", "URI=spiffe://a,", "e3b0", "URI=a,", "By=a;", "(null)", "::", "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----", "\u0131", "\u212A", "\uFEFF", "\uD800")),
        (3, Gen.Char['!', '~'].Select(character => character.ToString())),
        (1, Gen.Char.Select(character => character.ToString())));

    private static readonly Gen<(int At, int Take, string Put)> Change =
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Frequency((4, Gen.Const(1)), (4, Gen.Const(0)), (1, Gen.Int[2, 80]), (1, Gen.Const(int.MaxValue))), Piece);

    private static readonly Gen<(int Certificate, (int At, int Take, string Put)[] Changes)> Changed =
        Gen.Select(Gen.Int[0, Pool.Length - 1], Change.Array[1, 2]);

    private static readonly string[][] Values = [.. Enum.GetValues<ForwardedCertificateFormat>().Select(format =>
        format == ForwardedCertificateFormat.None ? [] : Pool.Select(der => ProxyForms.Write(format, der)).ToArray())];

    private static readonly Gen<string> Soup = Gen.OneOf(Piece, Gen.String[0, 20], Gen.Int[0, Pool.Length - 1].Select(i => Convert.ToBase64String(Pool[i])), Gen.Int[0, Pool.Length - 1].Select(i => ProxyForms.Cert(Pool[i])))
        .Array[0, 8].Select(string.Concat);

    public static TheoryData<ForwardedCertificateFormat> Formats => [.. Enum.GetValues<ForwardedCertificateFormat>().Where(format => format != ForwardedCertificateFormat.None)];

    // AC-064, and the catalogue's million.
    [Fact]
    [Requirement("AC-064")]
    public void Read_OneMillionValuesNearValidOnes_AcceptedOnlyIfWrittenAgainTheSame()
    {
        var run = 0;
        var read = 0;
        foreach (var format in Formats.Select(row => row.Data))
        {
            var readBefore = read;
            Changed.Sample(change =>
            {
                Interlocked.Increment(ref run);
                var value = change.Changes.Aggregate(Values[(int)format][change.Certificate], Apply);
                if (ReadsOnlyWhatIsWrittenAgainTheSame(format, value))
                {
                    Interlocked.Increment(ref read);
                }
            }, iter: 1 + (ValuesOfAllFormats / Formats.Count));

            // Each format also has some that are right.
            Assert.InRange(read - readBefore, 10, run / 2);
        }

        Assert.InRange(run, ValuesOfAllFormats, ValuesOfAllFormats + Formats.Count);
        // Not each of them is refused at the first character.
        Assert.InRange(read, 1_000, run / 2);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Read_AnyText_AcceptedOnlyIfWrittenAgainTheSame(ForwardedCertificateFormat format)
    {
        Gen.String.Sample(text => { ReadsOnlyWhatIsWrittenAgainTheSame(format, text); }, iter: 10_000);
        Soup.Sample(text => { ReadsOnlyWhatIsWrittenAgainTheSame(format, text); }, iter: 10_000);
    }

    // What is not text but bytes to the parsers: the DER inside valid armour.
    [Theory]
    [MemberData(nameof(Formats))]
    public void Read_ChangedDer_AcceptedOnlyIfWrittenAgainTheSame(ForwardedCertificateFormat format) =>
        Gen.Select(Gen.Int[0, Pool.Length - 1], Gen.Int[0, int.MaxValue], Gen.Int[0, 2], Gen.Byte.Array[0, 3]).Sample((certificate, at, take, put) =>
        {
            var der = Pool[certificate];
            at %= der.Length;
            var value = ProxyForms.Write(format, [.. der[..at], .. put, .. der[Math.Min(at + take, der.Length)..]]);
            ReadsOnlyWhatIsWrittenAgainTheSame(format, value);
        }, iter: 5_000);

    [Theory]
    [MemberData(nameof(Formats))]
    public void Read_AnyCertificateWritten_RoundTrips(ForwardedCertificateFormat format) =>
        Gen.Select(Gen.String[Gen.Char['a', 'z'], 1, 20], Gen.Int[0, 60], Gen.Int[0, 3000]).Sample((name, names, filler) =>
        {
            var der = ProxyForms.Der(TestCertificates.Large(name, names, filler));
            ProxyForms.AssertRead(format, ProxyForms.Write(format, der), der);
        }, iter: 30);

    [Fact]
    public void TryRead_ChangedChain_AcceptedOnlyIfWrittenAgainTheSame() =>
        Gen.Select(Gen.Int[0, Pool.Length - 1].Array[1, 3], Change.Array[0, 2], Gen.Bool).Sample((certificates, changes, twoLines) =>
        {
            var value = changes.Aggregate(string.Join(", ", certificates.Select(i => ProxyForms.Write(ForwardedCertificateFormat.ClientCert, Pool[i]))), Apply);
            if (ForwardedCertificateChain.TryRead(twoLines ? value.Split(", ", 2) : [value], out var chain))
            {
                var members = value.Length == 0 ? [] : value.Split(',').Select(member => member.Trim(' ', '\t'));
                Assert.Equal(members, chain.Select(certificate => ProxyForms.Write(ForwardedCertificateFormat.ClientCert, ProxyForms.Der(certificate))));
            }
        }, iter: 10_000);

    private static string Apply(string value, (int At, int Take, string Put) change)
    {
        var at = change.At % (value.Length + 1);
        return string.Concat(value.AsSpan(0, at), change.Put, value.AsSpan(Math.Min(change.Take, value.Length - at) + at));
    }

    private static bool ReadsOnlyWhatIsWrittenAgainTheSame(ForwardedCertificateFormat format, string value)
    {
        if (!ProxyForms.HoldsCertificate(format))
        {
            return ReadsOnlyAHash(format, value);
        }

        var reading = ForwardedCertificate.Read(format, value, out var certificate, out var others);
        Assert.Equal(reading == ForwardedCertificateReading.Certificate, certificate is not null);
        if (certificate is null)
        {
            // Nothing is called absent that holds more than the words for it.
            Assert.Empty(others);
            Assert.Equal(reading == ForwardedCertificateReading.None, value is "" or "(null)" || (value is "::" && format is ForwardedCertificateFormat.ClientCert or ForwardedCertificateFormat.ClientCertChain));
            return false;
        }

        byte[][] ders = [ProxyForms.Der(certificate), .. others.Select(ProxyForms.Der)];
        Assert.True(ders.Length == 1 || ProxyForms.HoldsChain(format));
        var pem = string.Concat(ders.Select(ProxyForms.Pem));
        var (expected, actual) = format switch
        {
            ForwardedCertificateFormat.SpacedPem => (ProxyForms.Write(format, ders[0]), value.EndsWith(' ') ? value[..^1] : value),
            ForwardedCertificateFormat.EscapedPem or ForwardedCertificateFormat.EscapedPemChain => (pem, Unescaped(value)),
            ForwardedCertificateFormat.Base64DerChain => (ProxyForms.WriteChain(format, ders), value),
            ForwardedCertificateFormat.XfccChain => (pem, Unescaped(LastValue(value, "Chain") ?? LastValue(value, "Cert")!)),
            ForwardedCertificateFormat.Xfcc => (pem, Unescaped(LastValue(value, "Cert")!)),
            _ => (ProxyForms.Write(format, ders[0]), value),
        };
        Assert.Equal(expected, actual);
        return true;
    }

    private static bool ReadsOnlyAHash(ForwardedCertificateFormat format, string value)
    {
        var reading = ForwardedCertificate.ReadThumbprint(format, value, out var thumbprint);
        Assert.Equal(reading == ForwardedCertificateReading.Certificate, thumbprint.ToString().Length != 0);
        if (reading != ForwardedCertificateReading.Certificate)
        {
            Assert.Equal(reading == ForwardedCertificateReading.None, value is "" or "(null)");
            return false;
        }

        var hash = Base64Url.DecodeFromChars(thumbprint.ToString());
        var (lower, upper) = (Convert.ToHexStringLower(hash), Convert.ToHexString(hash));
        string[] expected = format switch
        {
            ForwardedCertificateFormat.Sha256ColonHex => [string.Join(':', lower.Chunk(2).Select(pair => new string(pair))), string.Join(':', upper.Chunk(2).Select(pair => new string(pair)))],
            ForwardedCertificateFormat.Sha256Base64 => [Convert.ToBase64String(hash)],
            ForwardedCertificateFormat.Sha256Base64Url => [thumbprint.ToString()],
            _ => [lower, upper],
        };
        Assert.Contains(format is ForwardedCertificateFormat.XfccHash or ForwardedCertificateFormat.IstioXfccHash ? LastValue(value, "Hash")! : value, expected);
        return true;
    }

    // Another decoder than the one under test, which takes a plus sign for a blank.
    private static string Unescaped(string value)
    {
        var text = WebUtility.UrlDecode(value.Replace("+", "%2B", StringComparison.Ordinal));
        return text.EndsWith('\n') ? text : text + "\n";
    }

    private static string? LastValue(string value, string name)
    {
        var pairs = Pair().Matches(value).ToList();
        var last = pairs.Skip(pairs.FindLastIndex(pair => pair.Groups["end"].Value.StartsWith(',')) + 1);
        return last.SingleOrDefault(pair => pair.Groups["name"].Value.Equals(name, StringComparison.OrdinalIgnoreCase))?.Groups["value"].Value;
    }

    [GeneratedRegex("\\G(?<name>[A-Za-z]+)=(?:\"(?<value>(?:[^\"\\\\]|\\\\.)*)\"|(?<value>[^\",;=\\\\]*))(?<end>;|, *|$)", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Pair();
}
