using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using AuthorizationServer;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement.Client.Tests;

/// <summary>Against a real authorization server, which has its alias on another port and nothing that was made for these tests.</summary>
public sealed class OpenIddictTests : IAsyncLifetime
{
    private const int Attempts = 5;

    private readonly TestCertificateAuthority _authority = new();
    private readonly X509Certificate2 _selfSigned = TestCertificates.SelfSigned("self-signed");
    private AuthorizationServerSettings _settings = null!;
    private WebApplication _server = null!;

    public async ValueTask InitializeAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            // The issuer contains its port, so it must be known before anything listens; somebody else can take it in between.
            var ports = FreePorts();
            _settings = new AuthorizationServerSettings
            {
                Port = ports[0],
                MutualTlsPort = ports[1],
                Certificate = Localhost.ServerCertificate,
                Resources = [TestTokenIssuer.DefaultAudience],
                Clients =
                [
                    new PkiClient("pki", "CN=pki", X509CertificateLoader.LoadCertificate(_authority.Certificate.RawData)),
                    new SelfSignedClient("self-signed", _selfSigned),
                ],
            };
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            _server = AuthorizationServerHost.Create(_settings, builder);
            try
            {
                await _server.StartAsync();
                return;
            }
            catch (IOException) when (attempt < Attempts)
            {
                await _server.DisposeAsync();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _authority.Dispose();
    }

    [Theory]
    [InlineData("pki", ClientAuthenticationMethod.TlsClientAuth)]
    [InlineData("self-signed", ClientAuthenticationMethod.SelfSignedTlsClientAuth)]
    public async Task Obtain_RegisteredClient_TokenIsBoundToTheCertificate(string clientId, ClientAuthenticationMethod method)
    {
        using var certificate = clientId == "pki" ? _authority.IssueClient("pki") : X509CertificateLoader.LoadPkcs12(_selfSigned.Export(X509ContentType.Pkcs12), null);
        await using var client = NewClient(clientId, method, certificate);
        var token = await client.ObtainAsync();
        var payload = System.Text.Json.Nodes.JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Value.Split('.')[1]))!;
        Assert.Equal(TestCertificates.Thumbprint(certificate), (string?)payload["cnf"]!["x5t#S256"]);
        Assert.Equal(TestTokenIssuer.DefaultAudience, (string?)payload["aud"]);
        Assert.Equal("read", (string?)payload["scope"]);
    }

    [Fact]
    public async Task Obtain_CertificateOfAStranger_Refused()
    {
        await using var client = NewClient("self-signed", ClientAuthenticationMethod.SelfSignedTlsClientAuth, TestCertificates.SelfSigned("self-signed"));
        var refused = await client.RefusedAsync();
        Assert.Equal(GuardFailure.TokenUnobtainable, refused.Failure);
        Assert.Contains("invalid_client", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Obtain_UnknownResource_Refused()
    {
        await using var client = NewClient(
            "self-signed", ClientAuthenticationMethod.SelfSignedTlsClientAuth, _selfSigned, options => options.Resource = "https://other.test");
        Assert.Contains("invalid_target", (await client.RefusedAsync()).Message, StringComparison.Ordinal);
    }

    private TokenClient NewClient(
        string clientId, ClientAuthenticationMethod method, X509Certificate2 certificate, Action<CertificateBoundTokenOptions>? configure = null) =>
        new(_settings.Issuer.AbsoluteUri, certificate, options =>
        {
            options.ClientId = clientId;
            options.Authentication = method;
            options.Scope = "read";

            // The first request compiles a whole authorization server; a busy machine takes its time for that.
            options.AttemptTimeout = options.TotalTimeout = TimeSpan.FromSeconds(60);
            configure?.Invoke(options);
        });

    private static int[] FreePorts()
    {
        using TcpListener first = new(IPAddress.Loopback, 0), second = new(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return [((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port];
    }
}
