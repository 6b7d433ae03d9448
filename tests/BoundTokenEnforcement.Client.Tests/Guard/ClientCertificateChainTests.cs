using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement.Client.Tests.Guard;

/// <summary>A server that trusts only the root needs the certificates between the root and the client certificate (RFC 8446 §4.4.2).</summary>
[Collection(OpenSslTests.Name)]
public sealed class ClientCertificateChainTests : IDisposable
{
    private readonly TestCertificateAuthority _root = new();
    private readonly TestCertificateAuthority _intermediate;
    private readonly X509Certificate2 _certificate;

    public ClientCertificateChainTests()
    {
        _intermediate = _root.IssueAuthority("Intermediate");
        _certificate = _intermediate.IssueClient("client");
    }

    private string Token => GuardFixture.Tokens.BoundTo(_certificate);

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task ServerTrustsOnlyTheRoot_WithTheIntermediate_TheTokenArrives(string tls)
    {
        await using var server = await OpenSslServer.StartAsync([tls], _root.Certificate);
        await using var client = server.Client(_certificate, options => options.ClientCertificateChain.Add(_intermediate.Certificate));

        using var response = await server.SendAsync(client, Token);

        Assert.True(response.IsSuccessStatusCode);
        Assert.True(server.SawCertificate);
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task ServerTrustsOnlyTheRoot_WithoutTheIntermediate_TheMessageNamesTheRemedy(string tls)
    {
        await using var server = await OpenSslServer.StartAsync([tls], _root.Certificate);
        await using var client = server.Client(_certificate);

        var thrown = await Assert.ThrowsAsync<BoundTokenGuardException>(() => server.SendAsync(client, Token));

        Assert.Equal(GuardFailure.MetadataUnreachable, thrown.Failure);
        Assert.Contains("ClientCertificateChain", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Bearer", server.Received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chain_ContainsOtherAuthoritiesToo_TheTokenArrives()
    {
        using var stranger = new TestCertificateAuthority("Stranger", TimeProvider.System);
        await using var server = await OpenSslServer.StartAsync(["-tls1_2"], _root.Certificate);
        await using var client = server.Client(_certificate, options => options.ClientCertificateChain.AddRange(new[] { stranger.Certificate, _intermediate.Certificate }));

        using var response = await server.SendAsync(client, Token);

        Assert.True(response.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Chain_IsDisposedAfterTheStart_IsStillSent()
    {
        var given = X509CertificateLoader.LoadCertificate(_intermediate.Certificate.RawData);
        await using var server = await OpenSslServer.StartAsync(["-tls1_3"], _root.Certificate);
        await using var client = server.Client(_certificate, options => options.ClientCertificateChain.Add(given));
        ((IStartupValidator)client.GetService(typeof(IStartupValidator))!).Validate();

        given.Dispose();

        using var response = await server.SendAsync(client, Token);
        Assert.True(response.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Chain_IsDisposedBeforeTheStart_TheMessageSaysSo()
    {
        var given = X509CertificateLoader.LoadCertificate(_intermediate.Certificate.RawData);
        given.Dispose();
        await using var server = await OpenSslServer.StartAsync(["-tls1_3"], _root.Certificate);
        await using var client = server.Client(_certificate, options => options.ClientCertificateChain.Add(given));

        var thrown = Assert.Throws<OptionsValidationException>(() => ((IStartupValidator)client.GetService(typeof(IStartupValidator))!).Validate());

        Assert.Contains("ClientCertificateChain", thrown.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _intermediate.Dispose();
        _root.Dispose();
    }
}
