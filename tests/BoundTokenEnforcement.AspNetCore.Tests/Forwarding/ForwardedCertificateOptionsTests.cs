using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement.AspNetCore.Tests.Forwarding;

/// <summary>A host that could be told whom to believe by nobody, by nonsense or by accident does not start; from code and from the configuration.</summary>
public sealed class ForwardedCertificateOptionsTests
{
    private const string Section = "BoundTokens:ForwardedCertificate";
    private static readonly string Thumbprint = CertificateThumbprint.Of(Api.A).ToString();

    // AC-067
    [Fact]
    [Requirement("AC-067")]
    public Task TrustsNobody_DoesNotStart() => DoesNotStartAsync(
        $"{Section} trusts no proxy: name the proxies in TrustedProxies or TrustedProxyThumbprints, or set TrustUnixSocket.", _ => { }, (nameof(ForwardedCertificateOptions.Format), "Base64Der"));

    // AC-068
    [Theory]
    [InlineData("0.0.0.0/0")]
    [InlineData("::/0")]
    [InlineData("::ffff:0:0/96")]
    [Requirement("AC-068")]
    public async Task TrustsEveryAddress_DoesNotStartUnlessThatIsSaid(string everybody)
    {
        await DoesNotStartAsync(
            $"{Section}:TrustedProxies contains '{everybody}', which is every address. If that is meant, set DangerousTrustEveryAddress.",
            options => options.TrustedProxies.Add(everybody),
            ("Format", "Base64Der"), ("TrustedProxies:0", everybody));
        // Not even beside others, or with thumbprints.
        await DoesNotStartAsync(
            $"{Section}:TrustedProxies contains '{everybody}', which is every address. If that is meant, set DangerousTrustEveryAddress.",
            options =>
            {
                options.TrustedProxies.Add("10.1.2.3");
                options.TrustedProxies.Add(everybody);
                options.TrustedProxyThumbprints.Add(Thumbprint);
            },
            ("Format", "Base64Der"), ("TrustedProxies:0", "10.1.2.3"), ("TrustedProxies:1", everybody), ("TrustedProxyThumbprints:0", Thumbprint));

        const string warning = "DangerousTrustEveryAddress is set: forwarded certificates are believed from every sender, and stolen tokens are accepted from everyone who knows the public certificate.";
        foreach (var api in await StartBothAsync(
            options =>
            {
                options.TrustedProxies.Add(everybody);
                options.DangerousTrustEveryAddress = true;
            },
            ("Format", "Base64Der"), ("TrustedProxies:0", everybody), ("DangerousTrustEveryAddress", "true")))
        {
            await using (api)
            {
                Assert.Contains(warning, (await Audit.Audited.OfAsync(api.Application.Services)).Warnings);
                Assert.Contains(api.Logs.Records, log => log.EventId.Id == 231 && log.Message.Contains(warning, StringComparison.Ordinal));
                await api.AdmitsAsync(Forwarded.Token(everybody == "::/0" ? IPAddress.IPv6Loopback : Forwarded.Stranger, Api.A.Base64()));
            }
        }
    }

    [Fact]
    public async Task TrustsEveryAddress_WithAThumbprint_WarnsOfLess()
    {
        await using var api = await Forwarded.StartAsync(Forwarded.From("0.0.0.0/0", more: options =>
        {
            options.DangerousTrustEveryAddress = true;
            options.TrustedProxyThumbprints.Add(Thumbprint);
        }));

        Assert.Equal(
            ["DangerousTrustEveryAddress is set: forwarded certificates are believed from every address that shows a trusted proxy's certificate."],
            (await Audit.Audited.OfAsync(api.Application.Services)).Warnings);
    }

    // The option alone trusts nobody, and is no reason to warn.
    [Fact]
    public async Task DangerousTrustEveryAddress_WithoutSuchANetwork_ChangesNothing()
    {
        await DoesNotStartAsync("trusts no proxy", options => options.DangerousTrustEveryAddress = true, ("Format", "Base64Der"), ("DangerousTrustEveryAddress", "true"));

        await using var api = await Forwarded.StartAsync(Forwarded.From(more: options => options.DangerousTrustEveryAddress = true));
        await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Stranger, Api.A.Base64()), BindingFailure.ForwarderUntrusted);
        Assert.Empty((await Audit.Audited.OfAsync(api.Application.Services)).Warnings);
    }

    [Theory]
    [InlineData("proxy.internal")]
    [InlineData("10.1.2.3/16")]
    [InlineData("10.1")]
    [InlineData("010.0.0.0/8")]
    [InlineData("10.1.2.3:443")]
    [InlineData("fe80::1%eth0")]
    [InlineData("")]
    public Task TrustedProxies_NoAddress_DoesNotStart(string proxy) => DoesNotStartAsync(
        $"{Section}:TrustedProxies contains '{proxy}', which is no address and no network.",
        options =>
        {
            options.TrustedProxies.Add("10.1.2.3");
            options.TrustedProxies.Add(proxy);
        },
        ("Format", "Base64Der"), ("TrustedProxies:0", "10.1.2.3"), ("TrustedProxies:1", proxy));

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("6D4C0D9AC0F3A6E0E2A4B35C1B2B2F3A9C6E7D10")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab")]
    public Task TrustedProxyThumbprints_NoThumbprint_DoesNotStart(string thumbprint) => DoesNotStartAsync(
        $"{Section}:TrustedProxyThumbprints contains '{thumbprint}', which is not 43 characters of base64url (x5t#S256).",
        options => options.TrustedProxyThumbprints.Add(thumbprint),
        ("Format", "Base64Der"), ("TrustedProxyThumbprints:0", thumbprint));

    [Theory]
    [InlineData(ForwardedCertificateFormat.None)]
    [InlineData((ForwardedCertificateFormat)99)]
    [InlineData((ForwardedCertificateFormat)(-1))]
    public Task Format_NoneOrUndefined_DoesNotStart(ForwardedCertificateFormat format) => DoesNotStartAsync(
        $"{Section}:Format must be one of {string.Join(", ", Enum.GetNames<ForwardedCertificateFormat>()[1..])}.",
        options =>
        {
            options.Format = format;
            options.TrustUnixSocket = true;
        },
        ("Format", ((int)format).ToString(CultureInfo.InvariantCulture)), ("TrustUnixSocket", "true"));

    [Fact]
    public async Task Format_NotThereOrUnreadable_DoesNotStart()
    {
        var missing = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(("TrustUnixSocket", "true")));
        Assert.Contains($"{Section}:Format", missing.Message, StringComparison.Ordinal);

        await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(("TrustUnixSocket", "true"), ("Format", "Pem")));
        await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(("TrustUnixSocket", "yes please"), ("Format", "Xfcc")));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("X-Client-Cert ")]
    [InlineData("X-Client-Cert:")]
    [InlineData("X-Client-Cert,Client-Cert")]
    [InlineData("X-Client-Cert\n")]
    [InlineData("X\u2010Client\u2010Cert")]
    [InlineData("*")]
    public Task Header_NoName_DoesNotStart(string header) => DoesNotStartAsync(
        $"{Section}:Header is not the name of a header field.",
        options =>
        {
            options.Header = header;
            options.TrustUnixSocket = true;
        },
        ("Format", "Base64Der"), ("Header", header), ("TrustUnixSocket", "true"));

    // D24: a late certificate would be the proxy's.
    [Fact]
    [Requirement("D24")]
    public async Task NegotiateLateCertificates_Besides_DoesNotStart()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => Forwarded.StartAsync(
            Forwarded.From() + (options => options.NegotiateDelayedCertificates = true)));

        Assert.Equal([$"BoundTokens:NegotiateDelayedCertificates and {Section} exclude each other: the connection's certificate is the proxy's."], failure.Failures);
    }

    // What looks at the certificate would have nothing to look at, and refuse everybody.
    [Theory]
    [InlineData(ForwardedCertificateFormat.Sha256Hex, true)]
    [InlineData(ForwardedCertificateFormat.Sha256ColonHex, true)]
    [InlineData(ForwardedCertificateFormat.Sha256Base64, true)]
    [InlineData(ForwardedCertificateFormat.Sha256Base64Url, true)]
    [InlineData(ForwardedCertificateFormat.XfccHash, true)]
    [InlineData(ForwardedCertificateFormat.IstioXfccHash, true)]
    [InlineData(ForwardedCertificateFormat.Base64Der, false)]
    [InlineData(ForwardedCertificateFormat.Xfcc, false)]
    public void Format_OfHashAlone_ExcludesWhatNeedsTheCertificate(ForwardedCertificateFormat format, bool isHash)
    {
        var options = new BoundTokenEnforcementOptions { CertificateAuthenticationScheme = "Certificate" };
        options.VerifiesBindings("own");
        Forwarded.From(format: format)(options);

        var remedy = $"{Section}:Format is {format}, which forwards only its hash. Let the proxy forward the certificate.";
        string[] expected = [$"BoundTokens:CertificateAuthenticationScheme needs the certificate, and {remedy}", $"VerifiesBindings names scheme 'own', which needs the certificate, and {remedy}"];
        Assert.Equal(isHash ? expected : [], new BoundTokenEnforcementOptionsValidator().Validate(null, options).Failures ?? []);
    }

    // The statement above holds for each format there is: what cannot be read again cannot be shown.
    [Fact]
    public void HoldsOnlyHash_EveryFormat_IsWhatTheReaderSays() => Assert.All(
        Enum.GetValues<ForwardedCertificateFormat>().Skip(1),
        format =>
        {
            var reading = ForwardedCertificate.Read(format, Api.A.As(format), out var certificate);
            certificate?.Dispose();
            Assert.Equal(reading != ForwardedCertificateReading.Certificate, new ForwardedCertificateOptions { Format = format }.HoldsOnlyHash);
        });

    [Fact]
    public async Task EverythingWrong_IsToldAtOnce()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => Forwarded.StartAsync(options =>
        {
            options.NegotiateDelayedCertificates = true;
            options.UseForwardedCertificate(forwarded =>
            {
                forwarded.Header = "a b";
                forwarded.TrustedProxies.Add("::/0");
                forwarded.TrustedProxies.Add("10.1");
                forwarded.TrustedProxyThumbprints.Add("x");
            });
        }));

        Assert.Equal(6, failure.Failures.Count());
    }

    // What was meant for a list is none; what was meant for a section is none.
    [Fact]
    public async Task Configuration_OfAnotherShape_DoesNotStart()
    {
        await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(("Format", "Base64Der"), ("TrustedProxies", "10.1.2.3")));
        await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(("Format", "Base64Der"), ("TrustedProxy:0", "10.1.2.3")));
    }

    [Fact]
    public async Task Configuration_Empty_IsConnectionMode()
    {
        await using var api = await Api.StartAsync(Api.Settings((Section, null)), Api.Guarded());

        await api.RefusesAsync(Forwarded.Token(Forwarded.Proxy, Api.A.Base64()));
        await api.AdmitsAsync("/", TestRequests.Proven, "alice");
    }

    [Fact]
    public async Task Configuration_Alone_IsInForce()
    {
        await using var api = await StartAsync(("Format", "ClientCert"), ("Header", "X-Own"), ("TrustedProxies:0", "10.1.2.3"), ("TrustUnixSocket", "true"));
        var a = Api.A.As(ForwardedCertificateFormat.ClientCert);

        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, a, "X-Own"));
        await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Stranger, a, "X-Own"), BindingFailure.ForwarderUntrusted);
        await api.RefusesAsync(Forwarded.Token(Forwarded.Proxy, a, "Client-Cert"));
        Assert.EndsWith(
            "certificates from field X-Own (ClientCert), believed from 10.1.2.3, Unix sockets", (await Audit.Audited.OfAsync(api.Application.Services)).Policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_ComesAfterTheConfiguration()
    {
        await using var api = await Api.StartAsync(
            Api.Settings(($"{Section}:Format", "Xfcc"), ($"{Section}:TrustedProxies:0", "10.9.9.9")), Api.Guarded(enforcement: Forwarded.From()));

        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, Api.A.Base64()));
        await api.AdmitsAsync(Forwarded.Token(IPAddress.Parse("10.9.9.9"), Api.A.Base64()));
        await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Stranger, Api.A.Base64()), BindingFailure.ForwarderUntrusted);
    }

    [Fact]
    public async Task Reload_OnAndOff_IsInForceAtOnce()
    {
        (string, string?)[] on = [("ForwardedCertificate:Format", "Base64Der"), ("ForwardedCertificate:TrustedProxies:0", "10.1.2.3")];
        var settings = new Settings();
        await using var api = await StartAsync(settings);
        var forwarded = Forwarded.Token(Forwarded.Proxy, Api.A.Base64());

        for (var i = 0; i < 2; i++)
        {
            await api.RefusesAsync(forwarded);
            await api.AdmitsAsync("/", TestRequests.Proven, "alice");
            settings.Replace(on);
            await api.AdmitsAsync(forwarded);
            await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Stranger, Api.A.Base64()), BindingFailure.ForwarderUntrusted);
            // The connection's is the proxy's from now on.
            await api.RefusesAsync("/", TestRequests.Proven, BindingFailure.CertificateMissing);
            settings.Replace();
        }
    }

    [Fact]
    public async Task Reload_AnotherProxyAndFormat_OnlyTheyCount()
    {
        var settings = new Settings(("ForwardedCertificate:Format", "Base64Der"), ("ForwardedCertificate:TrustedProxies:0", "10.1.2.3"));
        await using var api = await StartAsync(settings);
        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, Api.A.Base64()));

        settings.Replace(("ForwardedCertificate:Format", "ClientCert"), ("ForwardedCertificate:Header", Forwarded.Field), ("ForwardedCertificate:TrustedProxies:0", "10.1.2.4"));

        await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Proxy, Api.A.Base64()), BindingFailure.ForwarderUntrusted);
        await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Stranger, Api.A.Base64()), BindingFailure.ForwardedCertificateMalformed);
        await api.AdmitsAsync(Forwarded.Token(Forwarded.Stranger, Api.A.As(ForwardedCertificateFormat.ClientCert)));
    }

    [Theory]
    [InlineData("ForwardedCertificate:TrustedProxies:0", "0.0.0.0/0")]
    [InlineData("ForwardedCertificate:TrustedProxies:0", "nonsense")]
    [InlineData("ForwardedCertificate:TrustedProxyThumbprints:0", "nonsense")]
    [InlineData("ForwardedCertificate:Format", "99")]
    [InlineData("ForwardedCertificate:Format", "Pem")]
    [InlineData("ForwardedCertificate:Header", "a b")]
    [InlineData("NegotiateDelayedCertificates", "true")]
    public async Task Reload_NotValid_KeepsTheLastGoodOnes(string name, string value)
    {
        (string, string?)[] good = [("ForwardedCertificate:Format", "Base64Der"), ("ForwardedCertificate:TrustedProxies:0", "10.1.2.3")];
        var settings = new Settings(good);
        await using var api = await StartAsync(settings);

        settings.Replace([.. good.Where(setting => setting.Item1 != name), (name, value)]);

        Assert.Single(api.Logs.Records, log => log.EventId.Id == 211);
        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, Api.A.Base64()));
        await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Stranger, Api.A.Base64()), BindingFailure.ForwarderUntrusted);
        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy) + (context => context.Connection.ClientCertificate = Api.A), BindingFailure.CertificateMissing);
    }

    [Fact]
    public void UseForwardedCertificate_Null_Throws() =>
        Assert.Throws<ArgumentNullException>(() => new BoundTokenEnforcementOptions().UseForwardedCertificate(null!));

    [Fact]
    public void UseForwardedCertificate_Twice_AddsUp()
    {
        var options = new BoundTokenEnforcementOptions();
        Assert.Null(options.ForwardedCertificate);

        options.UseForwardedCertificate(forwarded => forwarded.TrustedProxies.Add("10.1.2.3"));
        options.UseForwardedCertificate(forwarded => forwarded.TrustedProxies.Add("10.1.2.4"));

        Assert.Equal(["10.1.2.3", "10.1.2.4"], options.ForwardedCertificate!.TrustedProxies);
    }

    // From code and from the configuration, with this fault among the others.
    private static async Task DoesNotStartAsync(string fault, Action<ForwardedCertificateOptions> code, params (string Name, string? Value)[] settings)
    {
        var inCode = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(code));
        Assert.Contains(fault, Assert.Single(inCode.Failures), StringComparison.Ordinal);

        var configured = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(settings));
        Assert.Contains(fault, Assert.Single(configured.Failures), StringComparison.Ordinal);
    }

    private static async Task<Api[]> StartBothAsync(Action<ForwardedCertificateOptions> code, params (string Name, string? Value)[] settings) =>
        [await StartAsync(code), await StartAsync(settings)];

    private static Task<Api> StartAsync(Action<ForwardedCertificateOptions> code) => Forwarded.StartAsync(options => options.UseForwardedCertificate(forwarded =>
    {
        forwarded.Format = ForwardedCertificateFormat.Base64Der;
        code(forwarded);
    }));

    private static Task<Api> StartAsync(params (string Name, string? Value)[] settings) =>
        Api.StartAsync(Api.Settings([.. settings.Select(setting => ($"{Section}:{setting.Name}", setting.Value))]), Api.Guarded());

    private static Task<Api> StartAsync(Settings settings) =>
        Api.StartAsync(builder => ((IConfigurationBuilder)builder.Configuration).Add(settings), Api.Guarded());
}
