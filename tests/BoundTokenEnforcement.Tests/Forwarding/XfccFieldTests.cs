namespace BoundTokenEnforcement.Tests;

/// <summary>AC-065: the element of the nearest proxy, and nothing that two readers could read differently.</summary>
[Requirement("AC-065")]
public sealed class XfccFieldTests
{
    private static readonly byte[] Der = Convert.FromBase64String(PublishedCertificates.B.Der);
    private static readonly byte[] OtherDer = Convert.FromBase64String(PublishedCertificates.A.Der);
    private static readonly string Escaped = Uri.EscapeDataString(ProxyForms.Pem(Der));
    private static readonly string Cert = ProxyForms.Cert(Der);
    private static readonly string Hash = ProxyForms.Hash(Der);
    private static readonly string Other = ProxyForms.Element(OtherDer);

    public static TheoryData<string, string> Accepted => new()
    {
        { "Cert alone", Cert },
        { "Cert not quoted", $"Cert={Escaped}" },
        { "Hash before", $"{Hash};{Cert}" },
        { "Hash behind", $"{Cert};{Hash}" },
        { "Hash quoted", $"{Hash.Replace("=", "=\"", StringComparison.Ordinal)}\";{Cert}" },
        { "Hash in capitals", $"Hash={Hash[5..].ToUpperInvariant()};{Cert}" },
        { "names in other letters", $"HASH={Hash[5..]};cERT={Cert[5..]}" },
        { "empty URI", $"{Cert};URI=" },
        { "empty URI before", $"URI=;{Cert}" },
        { "empty URI, then a DNS name", $"{Cert};URI=;DNS=a.example" },
        { "URI twice", $"{Cert};URI=spiffe://a;URI=spiffe://b" },
        { "By with a bare name", $"By=spiffe://mesh/api;{Cert}" },
        { "empty Subject", $"{Cert};Subject=\"\"" },
        { "separators in quotes, as RFC 2253 writes them", $"Subject=\"CN=a,O=b\\; Cert=c\";{Cert}" },
        { "escaped quote", $"Subject=\"CN=\\\"a\\\"\";{Cert}" },
        { "escaped backslash before the quote", $"Subject=\"CN=a\\\\\";{Cert}" },
        { "another element before", $"{Other},{Cert}" },
        { "another element and a blank before", $"{Other}, {Cert}" },
        { "an element without Cert before", $"By=a;{ProxyForms.Hash(OtherDer)},{Cert}" },
        { "Subject before", $"{Other};Subject=\"CN=a\",{Cert}" },
        { "By before", $"By=spiffe://mesh/edge;{Other},{Cert}" },
        { "three elements", $"{Other},{Other},{Cert}" },
    };

    public static TheoryData<string, string> Refused => new()
    {
        { "Hash alone", Hash },
        { "Chain without Cert", $"Chain={Cert[5..]}" },
        { "last element without Cert", $"{Cert},{Hash}" },
        { "last element without Cert, but By", $"{Cert},By=a" },
        { "Hash of another", $"{ProxyForms.Hash(OtherDer)};{Cert}" },
        { "Hash of another behind", $"{Cert};{ProxyForms.Hash(OtherDer)}" },
        { "Hash cut", $"{Hash[..^1]};{Cert}" },
        { "Hash longer", $"{Hash}0;{Cert}" },
        { "empty Hash", $"Hash=;{Cert}" },
        { "empty quoted Hash", $"Hash=\"\";{Cert}" },
        { "empty Hash, then another's", $"Hash=;{ProxyForms.Hash(OtherDer)};{Cert}" },
        { "Hash twice", $"{Hash};{Hash};{Cert}" },
        { "Hash twice in other letters", $"{Hash};{Hash.Replace("Hash", "hash", StringComparison.Ordinal)};{Cert}" },
        { "Cert twice", $"{Cert};{Cert}" },
        { "Cert twice in other letters", $"{Cert};{ProxyForms.Cert(OtherDer).Replace("Cert", "cert", StringComparison.Ordinal)}" },
        { "Cert twice in an earlier element", $"{Cert};{Cert},{Cert}" },
        { "empty Cert", "Cert=" },
        { "empty Cert before", $"Cert=;{Cert}" },
        { "empty Cert in an earlier element", $"Cert=\"\",{Cert}" },
        { "Cert without a value", "Cert" },
        { "two certificates in Cert", $"Cert=\"{Escaped}{Escaped}\"" },
        { "base64 in Cert", $"Cert=\"{PublishedCertificates.B.Der}\"" },
        { "bare text", Escaped },
        { "separator at the end", $"{Cert};" },
        { "comma at the end", $"{Cert}," },
        { "comma and blank at the end", $"{Cert}, " },
        { "comma at the beginning", $",{Cert}" },
        { "separator at the beginning", $";{Cert}" },
        { "two separators", $"{Hash};;{Cert}" },
        { "two commas", $"{Other},,{Cert}" },
        { "blank element", $"{Other}, ,{Cert}" },
        { "blank before", $" {Cert}" },
        { "blank behind", $"{Cert} " },
        { "blank behind the separator", $"{Hash}; {Cert}" },
        { "blank before the separator", $"{Other} ,{Cert}" },
        { "blank before the equals sign", $"Cert ={Cert[5..]}" },
        { "blank behind the equals sign", $"Cert= {Cert[5..]}" },
        { "tabulator behind the comma", $"{Other},\t{Cert}" },
        { "no name", $"=a;{Cert}" },
        { "no equals sign", $"By;{Cert}" },
        { "colon for the equals sign", $"Cert:{Cert[5..]}" },
        { "another separator", $"By=\"a\"|{Cert}" },
        { "blank for a separator", $"By=\"a\" {Cert}" },
        { "digit in a name", $"A1=a;{Cert}" },
        { "underscore in a name", $"A_=a;{Cert}" },
        { "bracket in a name", $"A[=a;{Cert}" },
        { "quoted name", $"\"Cert\"={Cert[5..]}" },
        { "letter that is nearly K in a name", $"\u212A=a;{Cert}" },
        { "equals sign in a bare value", $"By=a=b;{Cert}" },
        { "quote in a bare value", $"By=a\";{Cert}" },
        { "backslash in a bare value", $"By=a\\;{Cert}" },
        { "text behind quotes", $"By=\"a\"b;{Cert}" },
        { "quotes twice", $"By=\"a\"\"b\";{Cert}" },
        { "quotes not closed", Cert[..^1] },
        { "quotes not closed before", $"By=\"a,{Cert}" },
        { "last quote escaped", $"{Cert[..^1]}\\\"" },
        { "backslash at the end", $"{Cert};By=\"a\\" },
        { "escapes in Cert", $"Cert=\"\\{Escaped}\"" },
        { "single quotes", Cert.Replace('"', '\'') },
        { "first element unreadable", $"x,{Cert}" },
        // What Envoy writes for a client whose URI or DNS name says so: the last element would be the client's own.
        { "element out of a URI name", $"{Other};Subject=\"\";URI=a,{Hash};{Cert}" },
        { "element out of a DNS name", $"{Other};DNS=a,{Hash};{Cert}" },
        { "element out of a name of a kind yet to come", $"{Other};Email=a,{Hash};{Cert}" },
        { "element out of a name, two elements on", $"{Other};URI=a,{Other},{Cert}" },
        { "element out of a name, and something quoted between", $"{Other};URI=a;Subject=\"\",{Hash};{Cert}" },
        { "element out of the second of two names", $"{Other};URI=;DNS=a,{Hash};{Cert}" },
        { "Hash of another behind an empty value", $"{Cert};URI=;{ProxyForms.Hash(OtherDer)}" },
        { "Cert out of a URI name", $"{Other};URI=a;{Cert}" },
        { "Cert out of a URI name, where only Hash is set", $"{ProxyForms.Hash(OtherDer)};URI=a;{Cert}" },
        { "Cert and Hash out of a URI name, where only Hash is set", $"{ProxyForms.Hash(OtherDer)};URI=a;{Hash};{Cert}" },
        // The same with quotes in the name: Envoy has written none, so that the name ends where the client wants it.
        { "element out of a quoted URI name", $"{ProxyForms.Hash(OtherDer)};URI=\"x\",{Hash};{Cert}" },
        { "element out of a quoted DNS name", $"{Other};DNS=\"x\",{Cert}" },
        { "Cert out of a quoted URI name", $"{ProxyForms.Hash(OtherDer)};URI=\"x\";{Hash};{Cert}" },
        { "quoted URI", $"{Cert};URI=\"a\"" },
        { "quoted URI before", $"{Other};URI=\"spiffe://a,b\",{Cert}" },
        { "quoted name of a kind yet to come", $"{Cert};Email=\"a\"" },
        { "quoted By", $"By=\"a\";{Cert}" },
        { "separators in quotes", $"Subject=\"CN=a, O=b; Cert=c\";{Cert}" },
        { "whole element in quotes", $"Subject=\"x,{Other.Replace("\"", "\\\"", StringComparison.Ordinal)}\";{Cert}" },
        { "separator behind an escaped backslash", $"Subject=\"CN=a\\\\;b\";{Cert}" },
        // Opened by a field that the client sent to a proxy that appends, and closed by a name in its certificate.
        { "element of the proxy swallowed by By", $"By=\"a,{ProxyForms.Hash(OtherDer)};URI=\";{Cert}" },
        { "element of the proxy swallowed by Subject", $"Subject=\"a,{ProxyForms.Hash(OtherDer)};URI=\";{Cert}" },
        { "element of the proxy swallowed by Hash", $"Hash=\"a,{ProxyForms.Hash(OtherDer)};URI=\",{Cert}" },
        { "element of the proxy swallowed by Subject, with an escape", $"Subject=\"a\\,{ProxyForms.Hash(OtherDer)};URI=\",{Cert}" },
        // What a client can send to a proxy that appends: it must not swallow what the proxy wrote.
        { "quotes opened by the client", $"By=\"a,{Hash};{Cert}" },
        { "quotes opened and escape by the client", $"By=\"a\\,{Hash};{Cert}" },
        { "escape by the client", $"By=a\\,{Cert}" },
        { "name begun by the client", $"By=a;x,{Cert}" },
    };

    [Theory]
    [MemberData(nameof(Accepted))]
    public void Read_Unambiguous_Read(string what, string value)
    {
        ProxyForms.AssertRead(ForwardedCertificateFormat.Xfcc, value, Der);
        Assert.NotEmpty(what);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Read_AnythingElse_Malformed(string what, string value)
    {
        ProxyForms.AssertMalformed(ForwardedCertificateFormat.Xfcc, value);
        Assert.False(XfccField.TryDecode(value, out _));
        Assert.NotEmpty(what);
    }

    // A client's certificate whose URI or DNS name is "x",<the victim's element>; the twin is the same without that name.
    [Theory]
    [InlineData(ForwardedCertificateFormat.Xfcc, "URI")]
    [InlineData(ForwardedCertificateFormat.Xfcc, "DNS")]
    [InlineData(ForwardedCertificateFormat.XfccChain, "URI")]
    [InlineData(ForwardedCertificateFormat.XfccChain, "DNS")]
    [InlineData(ForwardedCertificateFormat.XfccHash, "URI")]
    [InlineData(ForwardedCertificateFormat.XfccHash, "DNS")]
    [InlineData(ForwardedCertificateFormat.IstioXfccHash, "URI")]
    [InlineData(ForwardedCertificateFormat.IstioXfccHash, "DNS")]
    public void Name_ThatHoldsTheVictimsElement_IsRefusedInEachFormat(ForwardedCertificateFormat format, string kind)
    {
        var victim = $"{Hash};{Cert};Chain=\"{Escaped}\"";

        ProxyForms.AssertRead(format, $"{ProxyForms.Hash(OtherDer)},{victim}", Der);
        ProxyForms.AssertMalformed(format, $"{ProxyForms.Hash(OtherDer)};{kind}=\"x\",{victim}");
    }
}
