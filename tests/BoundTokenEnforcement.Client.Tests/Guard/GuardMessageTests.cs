using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Client.Tests.Guard;

/// <summary>A message names what was asked, what came, and the remedy where there is one.</summary>
public sealed class GuardMessageTests
{
    [Theory]
    [InlineData(404, "answered 404")]
    [InlineData(400, "ClientCertificateChain")]
    [InlineData(302, "redirects are not followed")]
    [InlineData(503, "answered 503")]
    public async Task Metadata_OtherStatus_NamesUrlAndStatus(int status, string expected)
    {
        await using var guard = GuardFixture.Start();
        guard.Metadata = _ => ScriptedAnswer.Status(status);

        var refused = await guard.RefusedAsync(GuardFailure.MetadataUnreachable);

        Assert.Contains($"{guard.Server.Origin}/.well-known/oauth-protected-resource/api", refused.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("R9728-3.3-1")]
    public async Task Metadata_OfAnotherResource_NamesBoth()
    {
        await using var guard = GuardFixture.Start();
        guard.Metadata = _ => ScriptedAnswer.Json(guard.Document(resource: "https://other.example/\u0041pi"));

        var refused = await guard.RefusedAsync(GuardFailure.MetadataOfAnotherResource);

        Assert.Contains("'https://other.example/Api'", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"'{guard.Resource}'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metadata_BreaksARule_NamesTheMember()
    {
        await using var guard = GuardFixture.Start();
        guard.Metadata = _ => ScriptedAnswer.Json(guard.Document(""" "jwks_uri": "http://plain.example" """));

        var refused = await guard.RefusedAsync(GuardFailure.MetadataInvalid);

        Assert.Contains("JwksUriInvalid", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'jwks_uri'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metadata_OtherContentType_NamesIt()
    {
        await using var guard = GuardFixture.Start();
        guard.Metadata = _ => ScriptedAnswer.Status(200, "Content-Type: text/html", "Content-Length: 0");

        Assert.Contains("'text/html'", (await guard.RefusedAsync(GuardFailure.MetadataInvalid)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_IsNotThere_SaysTcp()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        await using var guard = GuardFixture.Start(options => options.Resource = $"https://localhost:{port}/api");

        var refused = await guard.RefusedAsync(GuardFailure.MetadataUnreachable, guard.Request($"https://localhost:{port}/api"));

        Assert.Contains("TCP: ConnectionRefused", refused.Message, StringComparison.Ordinal);
        Assert.NotNull(refused.InnerException);
    }

    [Fact]
    public async Task Server_HasNoName_SaysDns()
    {
        await using var guard = GuardFixture.Start(options => options.Resource = "https://no-such-host.invalid/api");

        var refused = await guard.RefusedAsync(GuardFailure.MetadataUnreachable, guard.Request("https://no-such-host.invalid/api"));

        Assert.Contains("DNS", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_IsNotTrusted_SaysTlsAndWhy()
    {
        await using var guard = GuardFixture.Start(options => options.ServerCertificateChainPolicy = null);

        var refused = await guard.RefusedAsync(GuardFailure.MetadataUnreachable);

        Assert.Contains("TLS", refused.Message, StringComparison.Ordinal);
        Assert.IsType<AuthenticationException>(refused.InnerException?.InnerException);
    }

    // The request had been sent: a failure of the network, which resilience handlers may know as one.
    [Fact]
    public async Task Resource_ClosesTheConnection_NamesTheCertificateAsAPossibleCause()
    {
        await using var guard = GuardFixture.Start();
        guard.Api = _ => ScriptedAnswer.CutAfter();

        var thrown = await Assert.ThrowsAsync<HttpRequestException>(() => guard.SendAsync());

        Assert.Contains("ClientCertificateChain", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(guard.Token, thrown.ToString(), StringComparison.Ordinal);
    }
}
