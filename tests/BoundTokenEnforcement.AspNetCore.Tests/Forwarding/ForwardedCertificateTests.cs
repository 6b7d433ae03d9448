using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>Certificates that a proxy forwards: believed from whom they may come, and from nobody else.</summary>
public sealed class ForwardedCertificateTests
{
    private static readonly IPAddress Proxy = IPAddress.Parse("10.1.2.3");
    private static readonly IPAddress Stranger = IPAddress.Parse("10.2.2.3");

    [Fact]
    public async Task Request_FromTrustedProxy_IsJudgedByTheForwardedCertificate()
    {
        await using var api = await StartAsync();

        var answer = await SendAsync(api, Proxy, ClientCert(Api.A));

        Assert.Equal(StatusCodes.Status200OK, answer.Status);
        Assert.Equal(CertificateSource.TrustedForwarder, Assert.Single(api.Visits).Feature?.Binding?.Source);
        Assert.Equal("Client-Cert", answer.Headers.Vary);
    }

    [Fact]
    public async Task Request_WithAnotherForwardedCertificate_IsRefused()
    {
        await using var api = await StartAsync();

        (await SendAsync(api, Proxy, ClientCert(Api.B))).IsUnauthorized();

        Assert.Empty(api.Visits);
    }

    [Fact]
    public async Task Request_FromAnybodyElse_IsTurnedAway()
    {
        await using var api = await StartAsync();

        (await SendAsync(api, Stranger, ClientCert(Api.A))).IsBadRequest();

        Assert.Empty(api.Visits);
    }

    [Fact]
    public async Task Request_WithTheFieldTwice_IsTurnedAway()
    {
        await using var api = await StartAsync();

        (await SendAsync(api, Proxy, ClientCert(Api.B), ClientCert(Api.A))).IsBadRequest();

        Assert.Empty(api.Visits);
    }

    // D24: the connection's certificate is the proxy's.
    [Fact]
    [Requirement("D24")]
    public async Task Request_WithoutTheField_HasNoCertificate()
    {
        await using var api = await StartAsync();

        (await SendAsync(api, Proxy)).IsUnauthorized();

        Assert.Empty(api.Visits);
    }

    private static Task<Api> StartAsync() => Api.StartAsync(Api.Guarded(enforcement: o => o.UseForwardedCertificate(f =>
    {
        f.Format = ForwardedCertificateFormat.ClientCert;
        f.TrustedProxies.Add("10.1.0.0/16");
    })));

    private static Task<Answer> SendAsync(Api api, IPAddress peer, params string[] field) => api.SendAsync("/", context =>
    {
        context.Connection.RemoteIpAddress = peer;
        context.Connection.ClientCertificate = Api.A;
        context.Request.Headers.Authorization = $"Bearer {Api.Issuer.BoundTo(Api.A)}";
        if (field.Length > 0)
        {
            context.Request.Headers["Client-Cert"] = field;
        }
    });

    private static string ClientCert(X509Certificate2 certificate) => $":{Convert.ToBase64String(certificate.RawData)}:";
}
