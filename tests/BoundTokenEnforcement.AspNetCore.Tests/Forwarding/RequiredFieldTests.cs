using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement.AspNetCore.Tests.Forwarding;

/// <summary>What the proxy must say beside the certificate: ingress-nginx forwards certificates that it did not verify, and says so.</summary>
public sealed class RequiredFieldTests
{
    private const string Verify = "ssl-client-verify";

    public static TheoryData<string, string[]> Others => new()
    {
        { "nothing", [] },
        { "empty", [""] },
        { "another text", ["NONE"] },
        { "a reason", ["FAILED:certificate has expired"] },
        { "another case", ["success"] },
        { "blank behind", ["SUCCESS "] },
        { "more", ["SUCCESS, SUCCESS"] },
        { "twice", ["SUCCESS", "SUCCESS"] },
        { "the client's before", ["SUCCESS", "NONE"] },
        { "the client's behind", ["NONE", "SUCCESS"] },
        { "only part", ["SUCCES"] },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public async Task Certificate_WithoutWhatIsRequired_IsTurnedAway(string what, string[] values)
    {
        Assert.NotEmpty(what);
        await using var api = await StartAsync();
        var certificate = Forwarded.Token(Forwarded.Proxy, Api.A.Base64());

        // The first time, and when the certificate is remembered.
        for (var i = 0; i < 2; i++)
        {
            await api.TurnsAwayAsync(certificate + With(values), BindingFailure.ForwardedCertificateUnconfirmed);
            await api.AdmitsAsync(certificate + With("SUCCESS"));
        }
    }

    // There is nothing that it could speak of: the token is refused for what is missing.
    [Fact]
    public async Task NoCertificate_NothingIsRequired()
    {
        await using var api = await StartAsync();

        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy) + With("NONE"), BindingFailure.CertificateMissing);
        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy), BindingFailure.CertificateMissing);
        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy) + With("SUCCESS"), BindingFailure.CertificateMissing);
    }

    // It is the proxy's word only if the proxy is the peer.
    [Fact]
    public async Task Stranger_WhoSaysTheSame_IsTurnedAway()
    {
        await using var api = await StartAsync();

        await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Stranger, Api.A.Base64()) + With("SUCCESS"), BindingFailure.ForwarderUntrusted);
        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Stranger) + With("SUCCESS"), BindingFailure.CertificateMissing);
    }

    [Fact]
    public async Task Answer_VariesByBothFields()
    {
        await using var api = await StartAsync();

        Assert.Equal($"{Forwarded.Field}, {Verify}", (await api.SendAsync("/", Forwarded.Token(Forwarded.Proxy, Api.A.Base64()) + With("SUCCESS"))).Headers.Vary);
    }

    [Theory]
    [InlineData(null, "SUCCESS", "RequiredHeader is not the name of a header field.")]
    [InlineData("a b", "SUCCESS", "RequiredHeader is not the name of a header field.")]
    [InlineData("", "SUCCESS", "RequiredHeader is not the name of a header field.")]
    [InlineData("x-client-cert", "SUCCESS", "RequiredHeader is the field of the certificate itself. Name the one beside it.")]
    [InlineData(Verify, null, "RequiredHeaderValue must be the text that RequiredHeader has to hold, without blanks around it.")]
    [InlineData(Verify, "", "RequiredHeaderValue must be the text that RequiredHeader has to hold, without blanks around it.")]
    [InlineData(Verify, " SUCCESS", "RequiredHeaderValue must be the text that RequiredHeader has to hold, without blanks around it.")]
    public void Options_ThatMakeNoSense_AreFaults(string? name, string? value, string fault)
    {
        var options = new BoundTokenEnforcementOptions();
        Forwarded.From(more: forwarded => (forwarded.RequiredHeader, forwarded.RequiredHeaderValue) = (name, value))(options);

        Assert.Equal([$"BoundTokens:ForwardedCertificate:{fault}"], new BoundTokenEnforcementOptionsValidator().Validate(null, options).Failures);
    }

    private static Task<Api> StartAsync() => Api.StartAsync(
        Api.Settings(
            ("BoundTokens:ForwardedCertificate:Format", "Base64Der"),
            ("BoundTokens:ForwardedCertificate:TrustedProxies:0", "10.1.2.3"),
            ("BoundTokens:ForwardedCertificate:RequiredHeader", Verify),
            ("BoundTokens:ForwardedCertificate:RequiredHeaderValue", "SUCCESS")),
        Api.Guarded());

    private static Action<HttpContext> With(params string[] values) => context => context.Request.Headers[Verify] = values;
}
