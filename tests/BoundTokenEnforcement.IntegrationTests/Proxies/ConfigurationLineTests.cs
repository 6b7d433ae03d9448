using System.Net;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>What single lines of the configurations are for: with the line gone or another one in its place.</summary>
public sealed class ConfigurationLineTests
{
    private const string NginxField = "proxy_set_header   X-Client-Cert $ssl_client_escaped_cert;";
    private const string HAProxyField = "http-request set-header X-Client-Cert %[ssl_c_der,base64]";
    private const string ApacheField = "RequestHeader set X-Client-Cert \"%{SSL_CLIENT_CERT}s\"";

    // The API cannot tell who wrote the field of a request that a trusted proxy sent. These are the lines that everything hangs on.
    [Theory]
    [InlineData("nginx", NginxField, "")]
    [InlineData("HAProxy", HAProxyField, "")]
    [InlineData("HAProxy", HAProxyField, HAProxyField + " if { ssl_c_used }")]
    [InlineData("Apache", ApacheField, "")]
    [InlineData("Apache", ApacheField, "RequestHeader setifempty X-Client-Cert \"%{SSL_CLIENT_CERT}s\"")]
    public async Task FieldOfTheClient_NotOverwritten_LetsTheThiefIn(string name, string line, string instead)
    {
        await using var proxy = await StartAsync(name, line, instead);

        // Not a failure of enforcement, and not counted as one: the proxy vouched for it.
        var answer = await proxy.SendRawAsync(null, proxy.Api.Issuer.BoundTo(proxy.Api.A), proxy.Forged(proxy.Api.A));

        Assert.Equal(1, answer.Entered);
    }

    // nginx: a level with any proxy_set_header inherits none.
    [Fact]
    public async Task FieldOfTheClient_OverwrittenOneLevelTooHigh_LetsTheThiefIn()
    {
        await using var proxy = await GuardedProxy.StartAsync(
            ProxyInstallations.Require("nginx"),
            text => Replaced(Replaced(text, NginxField, string.Empty), "location / {", NginxField + " location / {"));

        Assert.Equal(1, (await proxy.SendRawAsync(null, proxy.Api.Issuer.BoundTo(proxy.Api.A), proxy.Forged(proxy.Api.A))).Entered);
    }

    // A second field beside the client's is noticed, whichever comes first.
    [Theory]
    [InlineData("HAProxy", HAProxyField, "http-request add-header X-Client-Cert %[ssl_c_der,base64]", 400)]
    [InlineData("Apache", ApacheField, "RequestHeader add X-Client-Cert \"%{SSL_CLIENT_CERT}s\"", 400)]
    [InlineData("Apache", ApacheField, "RequestHeader append X-Client-Cert \"%{SSL_CLIENT_CERT}s\"", 400)]
    [InlineData("Apache", ApacheField, "RequestHeader merge X-Client-Cert \"%{SSL_CLIENT_CERT}s\"", 400)]
    public async Task FieldOfTheClient_AddedTo_IsRejected(string name, string line, string instead, int status)
    {
        await using var proxy = await StartAsync(name, line, instead);
        var stolen = proxy.Api.Issuer.BoundTo(proxy.Api.A);

        (await proxy.SendRawAsync(null, stolen, proxy.Forged(proxy.Api.A))).AssertRejected(status);
        (await proxy.SendRawAsync(proxy.Api.B, stolen, proxy.Forged(proxy.Api.A))).AssertRejected(status);
        (await proxy.SendRawAsync(proxy.Api.A, stolen)).AssertIn();
    }

    // What looks like the same thing and is none of the formats: nobody comes in, not even the owner.
    [Theory]
    [InlineData("nginx", "$ssl_client_escaped_cert", "$ssl_client_cert")]
    [InlineData("nginx", "$ssl_client_escaped_cert", "$ssl_client_raw_cert")]
    [InlineData("nginx", "$ssl_client_escaped_cert", "$ssl_client_fingerprint")]
    [InlineData("HAProxy", "ssl_c_der,base64", "ssl_c_der,hex")]
    [InlineData("HAProxy", "ssl_c_der,base64", "ssl_c_sha1,hex")]
    [InlineData("HAProxy", "ssl_c_der,base64", "ssl_f_der,base64")]
    [InlineData("Apache", "\"%{SSL_CLIENT_CERT}s\"", "\"expr=%{SSL_CLIENT_CERT}\"")]
    [InlineData("Apache", "\"%{SSL_CLIENT_CERT}s\"", "\"expr=%{base64:%{SSL_CLIENT_CERT}}\"")]
    [InlineData("Apache", "\"%{SSL_CLIENT_CERT}s\"", "\"%{SSL_SERVER_CERT}s\"")]
    public async Task Field_WithSomethingElse_LetsNobodyIn(string name, string value, string instead)
    {
        await using var proxy = await StartAsync(name, value, instead);
        var token = proxy.Api.Issuer.BoundTo(proxy.Api.A);

        // The server's own certificate is a certificate, and just not the client's.
        var isCertificate = instead.Contains("ssl_f", StringComparison.Ordinal) || instead.Contains("SERVER", StringComparison.Ordinal);
        (await proxy.SendRawAsync(proxy.Api.A, token)).AssertRejected(isCertificate ? 401 : 400);
        (await proxy.SendRawAsync(null, token)).AssertRejected(401);
    }

    [Fact]
    public async Task HAProxy_AsInRfc9440_IsClientCert()
    {
        var program = ProxyInstallations.Require("HAProxy");
        var rfc9440 = program with { Format = ForwardedCertificateFormat.ClientCert, Header = "Client-Cert" };
        await using var proxy = await GuardedProxy.StartAsync(rfc9440, text => Replaced(text, "#   http-request", "http-request"));
        var token = proxy.Api.Issuer.BoundTo(proxy.Api.A);

        (await proxy.SendAsync(proxy.Api.A, token, HttpVersion.Version11)).AssertIn();
        (await proxy.SendAsync(proxy.Api.B, token, HttpVersion.Version11)).AssertRefused();
        // Two colons with nothing in between: no certificate.
        (await proxy.SendRawAsync(null, token, proxy.Forged(proxy.Api.A), $"Client-Cert-Chain: {ForwardedText.Of(ForwardedCertificateFormat.ClientCert, proxy.Api.A)}")).AssertRefused();
    }

    private static Task<GuardedProxy> StartAsync(string name, string line, string instead) =>
        GuardedProxy.StartAsync(ProxyInstallations.Require(name), text => Replaced(text, line, instead));

    private static string Replaced(string text, string line, string instead)
    {
        Assert.Contains(line, text, StringComparison.Ordinal);
        return text.Replace(line, instead, StringComparison.Ordinal);
    }
}
