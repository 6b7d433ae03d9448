using System.Net;
using System.Security.Authentication;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace BoundTokenEnforcement.Client.Tests.Guard;

/// <summary>D32: the metadata alone is not believed. A server that does not ask for the certificate in the handshake gets nothing.</summary>
[Requirement("D32")]
public sealed class GuardEvidenceTests
{
    public static MatrixTheoryData<SslProtocols, int> Protocols => new([SslProtocols.Tls12, SslProtocols.Tls13], [1, 2]);

    public static MatrixTheoryData<SslProtocols, int, ClientCertificateMode> Liars =>
        new([SslProtocols.Tls12, SslProtocols.Tls13], [1, 2], [ClientCertificateMode.NoCertificate, ClientCertificateMode.DelayCertificate]);

    [Theory]
    [MemberData(nameof(Liars))]
    public async Task Server_LiesInItsMetadata_GetsNoRequest(SslProtocols tls, int version, ClientCertificateMode mode)
    {
        await using var server = await KestrelResource.StartAsync(mode, Http(version), tls);
        await using var client = new KestrelClient(server);
        var attempts = Enumerable.Range(0, 3).Select(_ => Record.ExceptionAsync(() => client.SendAsync(new(version, version == 1 ? 1 : 0))).AsTask()).ToList();

        var thrown = await Task.WhenAll(attempts);

        TokenBytes.Count(server.Requests.Sum(static request => request.Authorization?.Length ?? 0));
        Assert.All(thrown, static e => Assert.Equal(GuardFailure.CertificateNotRequested, Assert.IsType<BoundTokenGuardException>(e).Failure));
        Assert.Empty(server.Requests);
        Assert.Equal(1, server.Fetches);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Server_AsksForTheCertificate_GetsTheRequest(SslProtocols tls, int version)
    {
        await using var server = await KestrelResource.StartAsync(ClientCertificateMode.AllowCertificate, Http(version), tls);
        await using var client = new KestrelClient(server);

        using var response = await client.SendAsync(new(version, version == 1 ? 1 : 0));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var seen = Assert.Single(server.Requests);
        Assert.Equal(TestCertificates.Thumbprint(GuardFixture.Certificate), seen.Thumbprint);
        Assert.Equal(version == 1 ? "HTTP/1.1" : "HTTP/2", seen.Path);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Server_LiesInItsMetadata_NotOneByteIsWrittenAfterTheHandshake(SslProtocols tls)
    {
        await using var guard = GuardFixture.Start(server: new() { Protocols = tls });

        await guard.RefusedAsync(GuardFailure.CertificateNotRequested);
        await guard.RefusedAsync(GuardFailure.CertificateNotRequested);

        Assert.All(guard.Server.Connections.Skip(1), static connection => Assert.Empty(connection.Received));
        Assert.Equal(3, guard.Server.Connections.Count);
    }

    // A resumed session would not tell whether the server has the certificate.
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Server_GivesSessionTickets_EachConnectionHasAFullHandshake(SslProtocols tls)
    {
        await using var guard = GuardFixture.Start(server: new() { AskForCertificate = true, Protocols = tls });
        guard.Api = _ => ScriptedAnswer.Status(200, "Connection: close");

        for (var i = 0; i < 4; i++)
        {
            await guard.ArrivesAsync();
        }

        var connections = guard.ApiRequests.Select(static request => request.Connection).ToList();
        Assert.Equal(4, connections.Distinct().Count());
        Assert.All(connections, static connection => Assert.Equal(TestCertificates.Thumbprint(GuardFixture.Certificate), connection.ClientThumbprint));
    }

    // The second connection is looked at like the first one.
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Server_NoLongerAsks_TheNextConnectionIsRefused(SslProtocols tls)
    {
        var asks = true;
        await using var guard = GuardFixture.Start(server: new() { AskNow = () => asks, Protocols = tls });
        guard.Api = _ => ScriptedAnswer.Status(200, "Connection: close");
        await guard.ArrivesAsync();

        asks = false;
        await guard.RefusedAsync(GuardFailure.CertificateNotRequested);

        asks = true;
        await guard.ArrivesAsync();
    }

    private static HttpProtocols Http(int version) => version == 1 ? HttpProtocols.Http1 : HttpProtocols.Http2;
}
