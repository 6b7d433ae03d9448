using System.Text.RegularExpressions;

namespace BoundTokenEnforcement.Tests;

/// <summary>PEM text with blanks (Apache) and percent-encoded (nginx): the same rules but for the encoding.</summary>
public sealed class PemCertificateTests
{
    private static readonly byte[] Der = Convert.FromBase64String(PublishedCertificates.B.Der);
    private static readonly string Pem = ProxyForms.Pem(Der);
    private static readonly string Escaped = Uri.EscapeDataString(Pem);
    private static readonly string Body = Pem[28..^27];

    public static TheoryData<string, string> RefusedTexts => new()
    {
        { "two blocks", Pem + Pem },
        { "text before", "subject=CN\n" + Pem },
        { "text behind", Pem + "x" },
        { "line feed before", "\n" + Pem },
        { "two line feeds behind", Pem + "\n" },
        { "one carriage return", Pem.Insert(27, "\r") },
        { "carriage returns alone", Pem.Replace("\n", "\r", StringComparison.Ordinal) },
        { "carriage returns behind", Pem.Replace("\n", "\n\r", StringComparison.Ordinal) },
        { "trusted certificate", Relabelled("TRUSTED CERTIFICATE") },
        { "X509 certificate", Relabelled("X509 CERTIFICATE") },
        { "PKCS7", Relabelled("PKCS7") },
        { "private key", Relabelled("PRIVATE KEY") },
        { "lower case", Relabelled("certificate") },
        { "first label another", Pem.Replace("BEGIN CERTIFICATE", "BEGIN PKCS7", StringComparison.Ordinal) },
        { "last label another", Pem.Replace("END CERTIFICATE", "END PKCS7", StringComparison.Ordinal) },
        { "four dashes", Pem[1..] },
        { "six dashes", "-" + Pem },
        { "four dashes at the end", Pem[..^2] },
        { "line of 63", Pem.Remove(28 + 63, 1).Insert(28 + 64, Pem.Substring(28 + 63, 1)) },
        { "line of 65", Pem.Remove(28 + 64, 1).Insert(28 + 65, "\n") },
        { "line of 76", ProxyForms.Pem(Der)[..28] + string.Join('\n', PublishedCertificates.B.Der.Chunk(76).Select(line => new string(line))) + Pem[^27..] },
        { "one line", Pem[..28] + PublishedCertificates.B.Der + Pem[^27..] },
        { "line feed missing", Pem.Remove(28 + 64, 1) },
        { "line feed behind BEGIN missing", Pem.Remove(27, 1) },
        { "line feed before END missing", Pem.Remove(Pem.Length - 27, 1) },
        { "empty line", Pem.Insert(28 + 64, "\n") },
        { "empty first line", Pem.Insert(28, "\n") },
        { "empty last line", Pem.Insert(Pem.Length - 26, "\n") },
        { "blank in a line", Pem.Insert(40, " ") },
        { "blank at a line's end", Pem.Insert(28 + 64, " ") },
        { "tabulator for a line feed", Pem.Remove(28 + 64, 1).Insert(28 + 64, "\t") },
        { "headers", Pem.Insert(28, "Proc-Type: 4,ENCRYPTED\n\n") },
        { "URL-safe alphabet", Pem.Replace(Body, Body.Replace('+', '-').Replace('/', '_'), StringComparison.Ordinal) },
        { "without padding", Pem.Replace("=", "", StringComparison.Ordinal) },
        { "spare bits", Pem.Replace("k=\n", "l=\n", StringComparison.Ordinal) },
        { "nothing inside", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n" },
        { "not even a line feed inside", "-----BEGIN CERTIFICATE----------END CERTIFICATE-----" },
        { "dashes shared", "-----BEGIN CERTIFICATE-----END CERTIFICATE-----" },
        { "NUL behind", Pem + "\0" },
        { "NUL inside", Pem.Insert(40, "\0") },
        { "byte order mark", "\uFEFF" + Pem },
        { "long S for S", Pem.Replace("TIFICATE", "TIF\u0131CATE", StringComparison.Ordinal) },
    };

    public static TheoryData<string, string> RefusedEscapes => new()
    {
        { "percent at the end", Escaped + "%" },
        { "one digit at the end", Escaped + "%0" },
        { "one digit for a line feed", Escaped[..^1] },
        { "no digits", Escaped.Replace("%2B", "%zz", StringComparison.Ordinal) },
        { "blank for a digit", Escaped.Replace("%2B", "% B", StringComparison.Ordinal) },
        { "sign for a digit", Escaped.Replace("%0A", "%+A", StringComparison.Ordinal) },
        { "full-width digits", Escaped.Replace("%2B", "%\uFF12B", StringComparison.Ordinal) },
        { "16 bits", Escaped.Replace("%2B", "%u002B", StringComparison.Ordinal) },
        { "twice", Uri.EscapeDataString(Escaped) },
        { "percent itself escaped", Escaped.Replace("%2B", "%252B", StringComparison.Ordinal) },
        { "plus for blank", Escaped.Replace("%20", "+", StringComparison.Ordinal) },
        { "NUL", Escaped + "%00" },
        { "one carriage return more", Escaped.Replace("%0A", "%0D%0A", StringComparison.Ordinal) + "%0D" },
        { "two carriage returns", Escaped.Replace("%0A", "%0D%0D%0A", StringComparison.Ordinal) },
        { "two line feeds at the end", Escaped + "%0A" },
        { "not ASCII", Escaped + "%C3%A9" },
        { "not ASCII, unescaped", Escaped + "\u00E9" },
        { "not UTF-8", Escaped + "%E9" },
        { "two bytes for a slash", Escaped.Replace("%2F", "%C0%AF", StringComparison.Ordinal) },
        { "in quotes", $"\"{Escaped}\"" },
    };

    // RFC 7468 §3: a proxy on Windows, or a tool that wrote the file with its line ends.
    [Fact]
    public void Read_EscapedPemWithCarriageReturns_ReadWithOrWithoutTheLastLineEnd()
    {
        var text = Pem.TrimEnd('\n').Replace("\n", "\r\n", StringComparison.Ordinal);

        ProxyForms.AssertRead(ForwardedCertificateFormat.EscapedPem, Uri.EscapeDataString(text), Der);
        ProxyForms.AssertRead(ForwardedCertificateFormat.EscapedPem, Uri.EscapeDataString(text + "\r\n"), Der);
        ProxyForms.AssertRead(ForwardedCertificateFormat.Xfcc, $"Cert=\"{Uri.EscapeDataString(text)}\"", Der);
        ProxyForms.AssertMalformed(ForwardedCertificateFormat.EscapedPem, Uri.EscapeDataString(text + "\r"));
        ProxyForms.AssertMalformed(ForwardedCertificateFormat.EscapedPem, Uri.EscapeDataString(text + "\n"));
    }

    // The digits of an escape may be in either case (RFC 3986 §2.1), and blanks, pluses and slashes stand for themselves where a proxy leaves them (AWS does with pluses and slashes).
    [Fact]
    public void Read_EscapedPemWithLowerCaseOrFewerEscapes_Read() => Assert.All(
        new[] { "\n", "\r\n" },
        lineEnd =>
        {
            var text = Pem.Replace("\n", lineEnd, StringComparison.Ordinal);
            var escapes = new Regex("%[0-9A-F]{2}");
            var lowerCase = escapes.Replace(Uri.EscapeDataString(text), static escape => escape.Value.ToLowerInvariant());
            var onlyLineEnds = text.Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);
            var asAws = onlyLineEnds.Replace(" ", "%20", StringComparison.Ordinal);
            foreach (var value in new[] { lowerCase, onlyLineEnds, asAws })
            {
                ProxyForms.AssertRead(ForwardedCertificateFormat.EscapedPem, value, Der);
                ProxyForms.AssertRead(ForwardedCertificateFormat.EscapedPem, value[..^(3 * lineEnd.Length)], Der);
                ProxyForms.AssertRead(ForwardedCertificateFormat.Xfcc, $"Cert=\"{value}\"", Der);
                ProxyForms.AssertMalformed(ForwardedCertificateFormat.EscapedPem, value + value);
            }
        });

    [Fact]
    public void Read_SpacedPem_WithOrWithoutLastBlank_Read()
    {
        ProxyForms.AssertRead(ForwardedCertificateFormat.SpacedPem, Spaced(Pem), Der);
        ProxyForms.AssertRead(ForwardedCertificateFormat.SpacedPem, Spaced(Pem).TrimEnd(), Der);
    }

    // A proxy may escape more than it needs to, or less: the text is the same.
    [Fact]
    public void Read_EscapedPem_HoweverEscaped_Read()
    {
        ProxyForms.AssertRead(ForwardedCertificateFormat.EscapedPem, Escaped, Der);
        ProxyForms.AssertRead(ForwardedCertificateFormat.EscapedPem, Escaped[..^3], Der);
        ProxyForms.AssertRead(ForwardedCertificateFormat.EscapedPem, Escaped.Replace("%2B", "%2b", StringComparison.Ordinal), Der);
        ProxyForms.AssertRead(ForwardedCertificateFormat.EscapedPem, Escaped.Replace("%2B", "+", StringComparison.Ordinal), Der);
        ProxyForms.AssertRead(ForwardedCertificateFormat.EscapedPem, string.Concat(Pem.Select(character => $"%{(int)character:X2}")), Der);
    }

    [Theory]
    [MemberData(nameof(RefusedTexts))]
    public void Read_SpacedPem_OtherText_Malformed(string what, string text)
    {
        Assert.NotEqual(Pem, text);
        ProxyForms.AssertMalformed(ForwardedCertificateFormat.SpacedPem, Spaced(text));
        Assert.NotEmpty(what);
    }

    [Theory]
    [MemberData(nameof(RefusedTexts))]
    public void Read_EscapedPem_OtherText_Malformed(string what, string text)
    {
        Assert.NotEmpty(what);
        ProxyForms.AssertMalformed(ForwardedCertificateFormat.EscapedPem, Uri.EscapeDataString(text));
    }

    [Theory]
    [MemberData(nameof(RefusedEscapes))]
    public void Read_EscapedPem_OtherEscapes_Malformed(string what, string value)
    {
        Assert.NotEqual(Escaped, value);
        ProxyForms.AssertMalformed(ForwardedCertificateFormat.EscapedPem, value);
        Assert.NotEmpty(what);
    }

    // The separator is the format's, and no other.
    [Fact]
    public void Read_OtherSeparator_Malformed()
    {
        ProxyForms.AssertMalformed(ForwardedCertificateFormat.SpacedPem, Pem);
        ProxyForms.AssertMalformed(ForwardedCertificateFormat.EscapedPem, Uri.EscapeDataString(Spaced(Pem)));
    }

    private static string Spaced(string text) => text.Replace('\n', ' ');

    private static string Relabelled(string label) => Pem.Replace("CERTIFICATE", label, StringComparison.Ordinal);
}
