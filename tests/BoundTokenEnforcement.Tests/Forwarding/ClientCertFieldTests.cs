namespace BoundTokenEnforcement.Tests;

/// <summary>AC-063 and D26: RFC 9440 §2.1, RFC 9651 §3.3.5, and base64 as one text for each value.</summary>
[Requirement("AC-063", "D26")]
public sealed class ClientCertFieldTests
{
    private static readonly byte[] Der = Convert.FromBase64String(PublishedCertificates.B.Der);
    private static readonly string Base64 = PublishedCertificates.B.Der;

    public static TheoryData<string, string> Refused => new()
    {
        { "without colons", Base64 },
        { "without the first colon", $"{Base64}:" },
        { "without the last colon", $":{Base64}" },
        { "another end", $":{Base64};" },
        { "another beginning", $";{Base64}:" },
        { "colons twice", $"::{Base64}::" },
        { "blank before", $" :{Base64}:" },
        { "blank behind", $":{Base64}: " },
        { "blank inside", $":{Base64.Insert(64, " ")}:" },
        { "line feed inside", $":{Base64.Insert(64, "\n")}:" },
        { "blank inside the colons", $": {Base64} :" },
        { "URL-safe alphabet", $":{Base64.Replace('+', '-').Replace('/', '_')}:" },
        { "without padding", $":{Base64.TrimEnd('=')}:" },
        { "more padding", $":{Base64}=:" },
        { "four more of padding", $":{Base64}====:" },
        { "spare bits", $":{Base64.Replace("k=", "l=", StringComparison.Ordinal)}:" },
        { "percent-encoded", $":{Uri.EscapeDataString(Base64)}:" },
        { "in quotes", $"\":{Base64}:\"" },
        { "a string", $"\"{Base64}\"" },
        { "a token", "MIIB" },
        { "a parameter", $":{Base64}:;a=1" },
        { "a parameter without value", $":{Base64}:;a" },
        { "a semicolon", $":{Base64}:;" },
        { "a list of two", $":{Base64}:, :{Base64}:" },
        { "an empty list member", $":{Base64}:," },
        { "an inner list", $"(:{Base64}:)" },
        { "with armour", $":{ProxyForms.Pem(Der)}:" },
        { "base64 of PEM text", $":{Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(ProxyForms.Pem(Der)))}:" },
        { "a byte order mark", $"\uFEFF:{Base64}:" },
        { "full-width colons", $"\uFF1A{Base64}\uFF1A" },
    };

    [Fact]
    public void Read_AsInTheRfc_Read() => ProxyForms.AssertRead(ForwardedCertificateFormat.ClientCert, $":{Base64}:", Der);

    [Theory]
    [MemberData(nameof(Refused))]
    public void Read_AnythingElse_Malformed(string what, string value)
    {
        Assert.NotEmpty(what);
        ProxyForms.AssertMalformed(ForwardedCertificateFormat.ClientCert, value);
    }

    // The same rules without the colons.
    [Theory]
    [MemberData(nameof(Refused))]
    public void Read_Base64Der_AnythingElse_Malformed(string what, string value)
    {
        Assert.NotEmpty(what);
        var bare = value is [':', .., ':'] ? value[1..^1] : value;
        if (what != "without colons")
        {
            ProxyForms.AssertMalformed(ForwardedCertificateFormat.Base64Der, bare);
        }
    }

    // Traefik: the client's certificate, and the others that it sent, in one value.
    [Fact]
    public void Read_Base64DerListOfTwo_Malformed()
    {
        ProxyForms.AssertRead(ForwardedCertificateFormat.Base64Der, Base64, Der);
        ProxyForms.AssertMalformed(ForwardedCertificateFormat.Base64Der, $"{Base64},{PublishedCertificates.Named("rfc9440-intermediate").Der}");
    }
}
