using System.Net;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>The real proxies with the other forms that they can write: a hash alone, a chain of one, and a field beside the certificate.</summary>
public sealed class OtherFormTests
{
    private const string HAProxyField = "http-request set-header X-Client-Cert %[ssl_c_der,base64]";
    private const string NginxField = "proxy_set_header   X-Client-Cert $ssl_client_escaped_cert;";
    private const string ApacheField = "RequestHeader set X-Client-Cert \"%{SSL_CLIENT_CERT}s\"";

    public static TheoryData<string, ForwardedCertificateFormat, string, string> Forms => new()
    {
        { "HAProxy", ForwardedCertificateFormat.Sha256Hex, "ssl_c_der,base64", "ssl_c_der,sha2(256),hex" },
        { "HAProxy", ForwardedCertificateFormat.Sha256Base64, "ssl_c_der,base64", "ssl_c_der,sha2(256),base64" },
        { "HAProxy", ForwardedCertificateFormat.Sha256Base64Url, "ssl_c_der,base64", "ssl_c_der,sha2(256),ub64enc" },
        { "HAProxy", ForwardedCertificateFormat.Base64DerChain, "", "" },
        { "nginx", ForwardedCertificateFormat.EscapedPemChain, "", "" },
        { "YARP", ForwardedCertificateFormat.ClientCertChain, "", "" },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Form_ThroughTheProxy_IsTheOwnersAndNoForgery(string name, ForwardedCertificateFormat format, string written, string instead)
    {
        var program = ProxyInstallations.Require(name) with { Format = format };
        await using var proxy = await GuardedProxy.StartAsync(program, text => written.Length == 0 ? text : Replaced(text, written, instead));
        var stolen = proxy.Api.Issuer.BoundTo(proxy.Api.A);

        (await proxy.SendRawAsync(proxy.Api.A, stolen)).AssertIn();
        (await proxy.SendAsync(proxy.Api.A, stolen, HttpVersion.Version20)).AssertIn();
        foreach (var forgery in Forgery.All)
        {
            foreach (var own in new[] { null, proxy.Api.B })
            {
                var answer = await proxy.SendRawAsync(own, stolen, forgery.Lines(proxy, proxy.Api.A));
                Assert.Equal(0, answer.Entered);
                Assert.Contains(answer.Status, new[] { 400, 401 });
            }
        }

        var elsewhere = IPAddress.Parse("127.0.0.2");
        (await proxy.SendPastAsync(elsewhere, stolen, proxy.Forged(proxy.Api.A))).AssertRejected(400);
        (await proxy.SendPastAsync(elsewhere, stolen)).AssertRefused();
    }

    // The hash of another kind, or of something else than the certificate: nobody, not even the owner.
    [Theory]
    [InlineData(ForwardedCertificateFormat.Sha256Hex, "ssl_c_der,sha1,hex")]
    [InlineData(ForwardedCertificateFormat.Sha256Hex, "ssl_c_der,sha2(384),hex")]
    [InlineData(ForwardedCertificateFormat.Sha256Hex, "ssl_c_der,sha2(256),base64")]
    [InlineData(ForwardedCertificateFormat.Sha256Base64, "ssl_c_der,sha2(256),hex")]
    [InlineData(ForwardedCertificateFormat.Sha256Base64Url, "ssl_c_der,sha2(256),base64")]
    public async Task Form_OfAnotherHash_LetsNobodyIn(ForwardedCertificateFormat format, string written)
    {
        var program = ProxyInstallations.Require("HAProxy") with { Format = format };
        await using var proxy = await GuardedProxy.StartAsync(program, text => Replaced(text, "ssl_c_der,base64", written));

        (await proxy.SendRawAsync(proxy.Api.A, proxy.Api.Issuer.BoundTo(proxy.Api.A))).AssertRejected(400);
    }

    // What nginx and Apache say of a certificate that they let through and did not verify.
    [Theory]
    [InlineData("nginx", NginxField, "proxy_set_header X-Client-Verify $ssl_client_verify;", "FAILED:self-signed certificate", true)]
    [InlineData("nginx", NginxField, "proxy_set_header X-Client-Verify $ssl_client_verify;", "SUCCESS", false)]
    [InlineData("nginx", NginxField, "", "SUCCESS", false)]
    [InlineData("Apache", ApacheField, "RequestHeader set X-Client-Verify \"%{SSL_CLIENT_VERIFY}s\"", "FAILED:self-signed certificate", true)]
    [InlineData("Apache", ApacheField, "RequestHeader set X-Client-Verify \"%{SSL_CLIENT_VERIFY}s\"", "SUCCESS", false)]
    public async Task FieldBeside_AsTheProxySaysIt_IsDemanded(string name, string line, string added, string demanded, bool isIn)
    {
        var program = ProxyInstallations.Require(name);
        var setup = GuardedProxy.Behind(program.Format, program.Header, forwarded =>
        {
            forwarded.TrustedProxies.Add("127.0.0.1");
            forwarded.RequiredHeader = "X-Client-Verify";
            forwarded.RequiredHeaderValue = demanded;
        });
        await using var proxy = await GuardedProxy.StartAsync(program, text => Replaced(text, line, $"{line}\n    {added}"), setup, api => $"127.0.0.1:{api.Host.Port}");
        var token = proxy.Api.Issuer.BoundTo(proxy.Api.A);

        // A field of the client's is overwritten, where the proxy writes it.
        string[][] tries = added.Length == 0 ? [[]] : [[], [$"X-Client-Verify: {demanded}"], ["X-Client-Verify: SUCCESS"]];
        foreach (var lines in tries)
        {
            var answer = await proxy.SendRawAsync(proxy.Api.A, token, lines);
            if (isIn)
            {
                answer.AssertIn();
            }
            else
            {
                answer.AssertRejected(400);
                Assert.Equal(BindingFailure.ForwardedCertificateUnconfirmed, proxy.Api.Refusals.Last());
            }
        }

        (await proxy.SendRawAsync(null, token)).AssertRefused();
    }

    private static string Replaced(string text, string what, string instead)
    {
        Assert.Contains(what, text, StringComparison.Ordinal);
        return text.Replace(what, instead, StringComparison.Ordinal);
    }
}
