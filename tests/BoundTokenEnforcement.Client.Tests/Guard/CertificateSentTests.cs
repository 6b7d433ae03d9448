using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Client.Tests.Guard;

/// <summary>
/// D32: a server that requests the certificate does not always receive it. Where the client's key fits none of the signature algorithms that the server accepts, the
/// client sends an empty list (RFC 8446 §4.4.2.3, RFC 5246 §7.4.6), and the handshake goes on. Such a server cannot check a binding.
/// </summary>
[Collection(OpenSslTests.Name)]
[Requirement("D32")]
public sealed class CertificateSentTests
{
    private static readonly string[] Tls = ["-tls1_2", "-tls1_3"];
    private static readonly string[] Shapes = ["", "-groups P-521:P-384:P-256", "-max_send_frag 512", "-cipher ALL -ciphersuites TLS_AES_128_GCM_SHA256", "-ciphersuites TLS_CHACHA20_POLY1305_SHA256"];

    private static readonly Dictionary<string, X509Certificate2> Certificates = new()
    {
        ["RSA"] = TestCertificates.Rsa("client-rsa"),
        ["RSA-4096"] = TestCertificates.Rsa("client-rsa4", 4096),
        ["P-256"] = TestCertificates.SelfSigned("client-256"),
        ["P-384"] = TestCertificates.P384("client-384"),
        ["large"] = TestCertificates.Large("client-large", 50, 20_000),
    };

    // One text for each certificate, so that what arrived can be compared.
    private static readonly ConcurrentDictionary<X509Certificate2, string> Tokens = new(ReferenceEqualityComparer.Instance);

    public static MatrixTheoryData<string, string, string> Fitting => new(Tls, Certificates.Keys, Shapes);

    public static TheoryData<string, string, string, string> NotFitting()
    {
        var rows = new TheoryData<string, string, string, string>();
        foreach (var tls in Tls)
        {
            foreach (var shape in Shapes)
            {
                rows.Add(tls, "RSA", "ECDSA+SHA256", shape);
                rows.Add(tls, "RSA-4096", "ECDSA+SHA256", shape);
                rows.Add(tls, "P-256", "RSA-PSS+SHA256", shape);
                rows.Add(tls, "P-384", "RSA-PSS+SHA256", shape);
                rows.Add(tls, "large", "RSA-PSS+SHA256", shape);
            }
        }

        // RFC 8446 §4.2.3: in TLS 1.3 the name of an ECDSA algorithm includes the curve.
        rows.Add("-tls1_3", "P-384", "ECDSA+SHA256", "");
        rows.Add("-tls1_3", "P-256", "ECDSA+SHA384", "");
        return rows;
    }

    [Theory]
    [MemberData(nameof(Fitting))]
    public async Task CertificateIsSent_TheTokenArrives(string tls, string key, string shape)
    {
        var certificate = Certificates[key];
        await using var server = await OpenSslServer.StartAsync([tls, .. Split(shape)]);
        await using var client = server.Client(certificate);

        using var response = await ResponseAsync();

        Assert.True(response.IsSuccessStatusCode);
        Assert.Contains($"Bearer {Token(certificate)}", server.Received, StringComparison.Ordinal);
        Assert.True(server.SawCertificate);

        async Task<HttpResponseMessage> ResponseAsync()
        {
            try
            {
                return await server.SendAsync(client, Token(certificate));
            }
            catch (BoundTokenGuardException refused)
            {
                throw new InvalidOperationException($"{server.Log}\n{server.Received}", refused);
            }
        }
    }

    [Theory]
    [MemberData(nameof(NotFitting))]
    public async Task CertificateIsRequestedAndNotSent_NothingOfTheTokenArrives(string tls, string key, string algorithms, string shape)
    {
        var certificate = Certificates[key];
        await using var server = await OpenSslServer.StartAsync([tls, "-client_sigalgs", algorithms, .. Split(shape)]);
        await using var client = server.Client(certificate);

        var thrown = await Record.ExceptionAsync(async () => (await server.SendAsync(client, Token(certificate))).Dispose());

        TokenBytes.Count(server.Received.Contains("Bearer", StringComparison.Ordinal) ? Token(certificate).Length : 0);
        Assert.Equal(GuardFailure.CertificateNotSent, Assert.IsType<BoundTokenGuardException>(thrown).Failure);
        Assert.DoesNotContain("Bearer", server.Received, StringComparison.Ordinal);
        Assert.DoesNotContain("GET /api", server.Received, StringComparison.Ordinal);
        Assert.False(server.SawCertificate);
    }

    // The other half of the twins above: it is the list of algorithms alone that makes the difference.
    [Theory]
    [InlineData("-tls1_2", "RSA", "RSA-PSS+SHA256")]
    [InlineData("-tls1_3", "RSA", "RSA-PSS+SHA256")]
    [InlineData("-tls1_2", "P-256", "ECDSA+SHA256")]
    [InlineData("-tls1_3", "P-256", "ECDSA+SHA256")]
    [InlineData("-tls1_2", "P-384", "ECDSA+SHA384")]
    [InlineData("-tls1_3", "P-384", "ECDSA+SHA384")]
    public async Task ServerAcceptsTheKeysAlgorithm_TheTokenArrives(string tls, string key, string algorithms)
    {
        var certificate = Certificates[key];
        await using var server = await OpenSslServer.StartAsync([tls, "-client_sigalgs", algorithms]);
        await using var client = server.Client(certificate);

        using var response = await server.SendAsync(client, Token(certificate));

        Assert.Contains($"Bearer {Token(certificate)}", server.Received, StringComparison.Ordinal);
        Assert.True(server.SawCertificate);
    }

    private static string Token(X509Certificate2 certificate) => Tokens.GetOrAdd(certificate, GuardFixture.Tokens.BoundTo);

    private static string[] Split(string arguments) => arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
