using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.AspNetCore.Tests.Audit;
using BoundTokenEnforcement.AspNetCore.Tests.Forwarding;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement.AspNetCore.Tests.Certificates;

/// <summary>Who may bind: authorities and names, as RFC 8705 §2.1.2 has them.</summary>
public sealed class AllowedCertificatesTests
{
    private const string Section = "BoundTokens:AllowedCertificates";
    private const string Spiffe = "spiffe://example.org/ns/shop/sa/web";

    private static readonly byte[] IssuerKey = [0x59, 0x54, 0x0E, 0xC1];
    private static readonly X509Certificate2 Client = Mint("CN=orders, O=\"Example, Ltd\"", Names(
        dns: ["orders.example.org"], uris: [Spiffe], ips: ["192.0.2.7", "2001:db8::7"], emails: ["Orders@example.org"]), IssuerKey);

    public static TheoryData<string, string, bool> Rules => new()
    {
        { "Issuers", "59540EC1", true },
        { "Issuers", "59:54:0e:c1", true },
        { "Issuers", "59540EC2", false },
        { "Issuers", "59540E", false },
        { "Subjects", "CN=orders, O=\"Example, Ltd\"", true },
        { "Subjects", "CN=orders,O=\"Example, Ltd\"", true },
        { "Subjects", "O=\"Example, Ltd\", CN=orders", false },
        { "Subjects", "CN=orders", false },
        { "Subjects", "O=\"Example, Ltd\"", false },
        { "Subjects", "CN=Orders, O=\"Example, Ltd\"", false },
        { "Subjects", "CN=orders, O=Example", false },
        { "Subjects", "CN=orders, OU=\"Example, Ltd\"", false },
        { "Subjects", "CN=orders, O=\"Example, Ltd\", C=DE", false },
        { "DnsNames", "orders.example.org", true },
        { "DnsNames", "ORDERS.example.org", true },
        { "DnsNames", "example.org", false },
        { "DnsNames", "orders.example.org.", false },
        { "DnsNames", "orders", false },
        { "Uris", Spiffe, true },
        { "Uris", Spiffe + "/", false },
        { "Uris", "spiffe://example.org/ns/shop/sa/WEB", false },
        { "Uris", "spiffe://example.org/ns/shop/sa", false },
        { "IpAddresses", "192.0.2.7", true },
        { "IpAddresses", "2001:db8::7", true },
        { "IpAddresses", "192.0.2.8", false },
        { "IpAddresses", "::ffff:192.0.2.7", false },
        { "EmailAddresses", "Orders@example.org", true },
        { "EmailAddresses", "orders@example.org", false },
        // Each kind is its own.
        { "DnsNames", "192.0.2.7", false },
        { "Uris", "dns:orders.example.org", false },
    };

    public static TheoryData<string, string> NoRules => new()
    {
        { "Issuers", "5954" + "0" }, { "Issuers", "xy" }, { "Issuers", "59:540E:C1" }, { "Issuers", ":" }, { "Issuers", "59540EC1:" }, { "Issuers", "" },
        { "Subjects", "orders" }, { "Subjects", "" }, { "Subjects", "CN=a\\, b" }, { "Subjects", " CN=a" },
        { "DnsNames", "*.example.org" }, { "DnsNames", "b\u00fccher.example" }, { "DnsNames", "a b" }, { "DnsNames", "" },
        { "Uris", "/relative" }, { "Uris", "spiffe" }, { "Uris", "" },
        { "IpAddresses", "192.0.2" }, { "IpAddresses", "192.0.2.0/24" }, { "IpAddresses", "" },
        { "EmailAddresses", "orders" }, { "EmailAddresses", "a@b@c" }, { "EmailAddresses", "" },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void Allows_OneRule_OnlyWhatItNames(string list, string text, bool expected)
    {
        Assert.Equal(expected, Rule((list, text)).Allows(Client));
        Assert.Empty(Faults((list, text)));
    }

    [Theory]
    [MemberData(nameof(NoRules))]
    public void Options_ThatAreNoRule_AreFaults(string list, string text) =>
        Assert.StartsWith($"{Section}:{list} contains '{text}', which is not ", Assert.Single(Faults((list, text))), StringComparison.Ordinal);

    // One of the names, and one of the issuers.
    [Theory]
    [InlineData("59540EC1", Spiffe, true)]
    [InlineData("59540EC2", Spiffe, false)]
    [InlineData("59540EC1", "spiffe://example.org/another", false)]
    public void Allows_IssuerAndName_BothMustHold(string issuer, string uri, bool expected)
    {
        Assert.Equal(expected, Rule(("Issuers", issuer), ("Uris", uri)).Allows(Client));
        Assert.Equal(expected, Rule(("Issuers", issuer), ("Issuers", "00"), ("Uris", uri), ("DnsNames", "another.example.org")).Allows(Client));
    }

    [Fact]
    public void Allows_NoNamesAtAll_OnlyByItsSubject()
    {
        using var bare = Mint("CN=bare", null, null);

        Assert.True(Rule(("Subjects", "CN=bare")).Allows(bare));
        Assert.False(Rule(("Issuers", "59540EC1")).Allows(bare));
        Assert.False(Rule(("DnsNames", "bare")).Allows(bare));
        Assert.False(Rule(("Subjects", "CN=bare"), ("Issuers", "59540EC1")).Allows(bare));
    }

    // SPIFFE X.509-SVID §2: exactly one URI. Which one would it be?
    [Fact]
    public void Allows_SpiffeIdBesideAnotherUri_False()
    {
        using var two = Mint("CN=a", Names(uris: [Spiffe, "spiffe://example.org/ns/shop/sa/admin"]), null);
        using var others = Mint("CN=a", Names(uris: ["https://a.example", "https://b.example"]), null);

        Assert.False(Rule(("Uris", Spiffe)).Allows(two));
        Assert.True(Rule(("Uris", "https://b.example/")).Allows(others));
    }

    // A name that cannot be read may be the one that matters.
    [Fact]
    public void Allows_NamesThatCannotBeRead_False()
    {
        byte[][] faulty = [[], [0x30], [0x30, 0x80, 0, 0], [0x30, 0x03, 0x82, 0x01, 0xFF], [0x30, 0x05, 0x87, 0x03, 1, 2, 3], [0x30, 0x03, 0x82, 0x01, 0x61, 0x00], [0x31, 0x03, 0x82, 0x01, 0x61]];
        foreach (var names in faulty)
        {
            using var certificate = Mint("CN=a", new X509Extension("2.5.29.17", names, critical: false), null);
            Assert.False(Rule(("Subjects", "CN=a")).Allows(certificate));
        }

        using var right = Mint("CN=a", new X509Extension("2.5.29.17", [0x30, 0x03, 0x82, 0x01, 0x61], critical: false), null);
        Assert.True(Rule(("DnsNames", "a")).Allows(right));
    }

    // One value that reads like two attributes.
    [Fact]
    public void Allows_ValueThatLooksLikeAttributes_False()
    {
        using var pretender = Mint("CN=\"orders, O=Example\"", null, null);

        Assert.False(Rule(("Subjects", "CN=orders, O=Example")).Allows(pretender));
        Assert.True(Rule(("Subjects", "CN=\"orders, O=Example\"")).Allows(pretender));
    }

    // The same letters as another type of string.
    [Fact]
    public void Allows_SubjectInAnotherStringType_True()
    {
        var name = new X500DistinguishedNameBuilder();
        name.Add("2.5.4.3", "orders", System.Formats.Asn1.UniversalTagNumber.PrintableString);
        using var printable = Mint(name.Build(), null, null);
        name = new X500DistinguishedNameBuilder();
        name.Add("2.5.4.3", "orders", System.Formats.Asn1.UniversalTagNumber.UTF8String);
        using var utf8 = Mint(name.Build(), null, null);

        Assert.True(Rule(("Subjects", "CN=orders")).Allows(printable));
        Assert.True(Rule(("Subjects", "CN=orders")).Allows(utf8));
    }

    [Fact]
    public void Options_WithoutAnybodyWhoVerifies_AreAFault()
    {
        var options = new BoundTokenEnforcementOptions();
        options.AllowedCertificates.Uris.Add(Spiffe);
        Assert.Equal([$"{Section} compares what stands in the certificate, and nothing here verifies who signed it. Set CertificateAuthenticationScheme."], Validate(options));

        Forwarded.From(format: ForwardedCertificateFormat.XfccHash)(options);
        Assert.Equal([$"{Section} needs the certificate, and BoundTokens:ForwardedCertificate:Format is XfccHash, which forwards only its hash. Let the proxy forward the certificate."], Validate(options));

        options.ForwardedCertificate!.Format = ForwardedCertificateFormat.Xfcc;
        Assert.Empty(Validate(options));
    }

    // By configuration alone, through the whole pipeline: behind a proxy that verifies.
    [Fact]
    public async Task Configuration_Alone_DecidesAfterTheBinding()
    {
        await using var api = await StartAsync(("Uris:0", Spiffe));
        using var other = Mint("CN=other", Names(uris: ["spiffe://example.org/ns/shop/sa/other"]), null);
        var allowed = TestRequests.With($"Bearer {Api.Issuer.BoundTo(Client)}");
        var refused = TestRequests.With($"Bearer {Api.Issuer.BoundTo(other)}");

        for (var i = 0; i < 2; i++)
        {
            await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, Client.Base64()) + allowed);
            await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy, other.Base64()) + refused, BindingFailure.CertificateNotAllowed);
            // It is no binding.
            await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy, Client.Base64()) + refused, BindingFailure.CertificateMismatch);
            await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy) + allowed, BindingFailure.CertificateMissing);
        }

        var report = await Audited.OfAsync(api.Application.Services);
        Assert.EndsWith(", of allowed certificates only", report.Policy, StringComparison.Ordinal);
        Assert.Equal(
            ["AllowedCertificates compares what stands in forwarded certificates: the proxies must verify who signed them. Set CertificateAuthenticationScheme, or RequiredHeader if the proxy says in a field that it did."],
            report.Warnings);
    }

    [Fact]
    public async Task Reload_AnotherName_IsInForceAtOnce()
    {
        (string, string?)[] forwarded = [("ForwardedCertificate:Format", "Base64Der"), ("ForwardedCertificate:TrustedProxies:0", "10.1.2.3")];
        var settings = new Settings([.. forwarded, ("AllowedCertificates:Uris:0", Spiffe)]);
        await using var api = await Api.StartAsync(builder => ((Microsoft.Extensions.Configuration.IConfigurationBuilder)builder.Configuration).Add(settings), Api.Guarded());
        var request = Forwarded.Token(Forwarded.Proxy, Client.Base64()) + TestRequests.With($"Bearer {Api.Issuer.BoundTo(Client)}");

        await api.AdmitsAsync(request);
        settings.Replace([.. forwarded, ("AllowedCertificates:Uris:0", "spiffe://example.org/another")]);
        await api.RefusesAsync("/", request, BindingFailure.CertificateNotAllowed);
        settings.Replace([.. forwarded, ("AllowedCertificates:Uris:0", "no uri")]);
        await api.RefusesAsync("/", request, BindingFailure.CertificateNotAllowed);
        settings.Replace(forwarded);
        await api.AdmitsAsync(request);
    }

    private static AllowedCertificates Rule(params (string List, string Text)[] rules) => AllowedCertificates.Of(OptionsOf(rules).AllowedCertificates)!;

    private static IEnumerable<string> Faults(params (string List, string Text)[] rules) => Validate(OptionsOf(rules));

    private static IEnumerable<string> Validate(BoundTokenEnforcementOptions options) => new BoundTokenEnforcementOptionsValidator().Validate(Options.DefaultName, options).Failures ?? [];

    private static BoundTokenEnforcementOptions OptionsOf((string List, string Text)[] rules)
    {
        var options = new BoundTokenEnforcementOptions { CertificateAuthenticationScheme = "Certificate" };
        foreach (var (list, text) in rules)
        {
            ((IList<string>)typeof(AllowedCertificateOptions).GetProperty(list)!.GetValue(options.AllowedCertificates)!).Add(text);
        }

        return options;
    }

    private static Task<Api> StartAsync(params (string Name, string? Value)[] allowed) => Api.StartAsync(
        Api.Settings(
        [
            ("BoundTokens:ForwardedCertificate:Format", "Base64Der"),
            ("BoundTokens:ForwardedCertificate:TrustedProxies:0", "10.1.2.3"),
            .. allowed.Select(rule => ($"{Section}:{rule.Name}", rule.Value)),
        ]),
        Api.Guarded());

    private static X509Extension Names(string[]? dns = null, string[]? uris = null, string[]? ips = null, string[]? emails = null)
    {
        var names = new SubjectAlternativeNameBuilder();
        Array.ForEach(dns ?? [], names.AddDnsName);
        Array.ForEach(uris ?? [], uri => names.AddUri(new Uri(uri)));
        Array.ForEach(ips ?? [], ip => names.AddIpAddress(IPAddress.Parse(ip)));
        Array.ForEach(emails ?? [], names.AddEmailAddress);
        return names.Build();
    }

    private static X509Certificate2 Mint(string subject, X509Extension? names, byte[]? issuerKey) => Mint(new X500DistinguishedName(subject), names, issuerKey);

    private static X509Certificate2 Mint(X500DistinguishedName subject, X509Extension? names, byte[]? issuerKey)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        if (names is not null)
        {
            request.CertificateExtensions.Add(names);
        }

        if (issuerKey is not null)
        {
            request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(issuerKey));
        }

        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
    }
}
