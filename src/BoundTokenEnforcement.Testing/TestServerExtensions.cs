using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement;

/// <summary>Clients with certificates for hosts in memory, which have no TLS handshake, and the proof that an endpoint refuses a stolen token.</summary>
public static class TestServerExtensions
{
    /// <summary>A client whose requests arrive as if it had presented <paramref name="certificate"/> in the TLS handshake.</summary>
    /// <param name="server">The server of the host under test, for example <c>WebApplicationFactory.Server</c>.</param>
    /// <param name="certificate">The certificate; <see langword="null"/> for a client without. Its private key is not needed.</param>
    /// <returns>A client with the base address of the server. The caller disposes it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="server"/> is <see langword="null"/>.</exception>
    public static HttpClient CreateClient(this TestServer server, X509Certificate2? certificate)
    {
        ArgumentNullException.ThrowIfNull(server);
        var handler = server.CreateHandler(context =>
        {
            context.Connection.ClientCertificate = certificate;
            context.Request.Scheme = Uri.UriSchemeHttps;
        });
        return new HttpClient(handler) { BaseAddress = server.BaseAddress };
    }

    /// <summary>
    /// Proves that GET <paramref name="path"/> refuses a stolen bound token: its owner gets in, and the same token without the certificate, or with another one, is
    /// answered with 401. If the owner does not get in, nothing is proven, and that is said.
    /// </summary>
    /// <param name="server">The server of a host with <c>AddBoundTokenTesting</c>.</param>
    /// <param name="path">The path and query of the endpoint.</param>
    /// <exception cref="ArgumentNullException">One of them is <see langword="null"/>.</exception>
    /// <exception cref="StolenTokenException">The endpoint lets a thief in, or the owner does not get in.</exception>
    public static Task AssertRefusesStolenTokenAsync(this TestServer server, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return server.AssertRefusesStolenTokenAsync(() => new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.RelativeOrAbsolute)));
    }

    /// <inheritdoc cref="AssertRefusesStolenTokenAsync(TestServer, string)" path="/summary|/remarks|/exception"/>
    /// <param name="server">The server of a host with <c>AddBoundTokenTesting</c>.</param>
    /// <param name="request">Makes the request, without token. Called three times; the owner's request is really carried out.</param>
    public static async Task AssertRefusesStolenTokenAsync(this TestServer server, Func<HttpRequestMessage> request)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentNullException.ThrowIfNull(request);
        using var owner = SelfSigned("owner");
        using var thief = SelfSigned("thief");
        var token = server.Services.GetRequiredService<BoundTokenMint>().Bound(owner);

        var (path, status) = await StatusAsync(server, request, token, owner).ConfigureAwait(false);
        if (!IsSuccess(status))
        {
            throw new StolenTokenException(
                $"Nothing is proven for '{path}': the owner of the token, with the right certificate, got {(int)status}. Give the mint the claims that the endpoint demands (BoundTokenMint.Claims), and let the request be a valid one.");
        }

        foreach (var (who, certificate) in new[] { ("without a certificate", null), ("with another certificate", thief) })
        {
            (_, status) = await StatusAsync(server, request, token, certificate).ConfigureAwait(false);
            if (status != HttpStatusCode.Unauthorized)
            {
                throw new StolenTokenException(IsSuccess(status)
                    ? $"'{path}' FAILS OPEN: a stolen bound token {who} got {(int)status} instead of 401."
                    : $"Nothing is proven for '{path}': a stolen bound token {who} got {(int)status} instead of 401, so something else than the binding answered.");
            }
        }
    }

    // A redirection is no entrance: the sign-in page of a cookie scheme answers everyone.
    private static bool IsSuccess(HttpStatusCode status) => (int)status is >= 200 and < 300;

    private static async Task<(string Path, HttpStatusCode Status)> StatusAsync(TestServer server, Func<HttpRequestMessage> create, string token, X509Certificate2? certificate)
    {
        using var client = server.CreateClient(certificate);
        using var request = create();
        var path = request.RequestUri!.ToString();
        request.Headers.Authorization = new AuthenticationHeaderValue(BearerCredentials.Scheme, token);
        using var response = await client.SendAsync(request).ConfigureAwait(false);
        return (path, response.StatusCode);
    }

    private static X509Certificate2 SelfSigned(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
    }
}
