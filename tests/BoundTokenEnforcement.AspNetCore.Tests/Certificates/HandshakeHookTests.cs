using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace BoundTokenEnforcement.AspNetCore.Tests.Certificates;

public sealed class HandshakeHookTests
{
    private readonly HttpsConnectionAdapterOptions _https = new();
    private readonly SslServerAuthenticationOptions _tls = new();
    private readonly FeatureCollection _features = new();

    [Fact]
    public void Handshake_NobodyElseDecides_AsksAndTakesWhateverComes()
    {
        ClientCertificateHandshake.Attach(_https, asks: true);

        Handshake();

        Assert.True(_tls.ClientCertificateRequired);
        Assert.True(_tls.RemoteCertificateValidationCallback!(this, Api.A, null, SslPolicyErrors.RemoteCertificateChainErrors));
        Assert.True(_tls.CertificateChainPolicy!.DisableCertificateDownloads);
        Assert.Equal((X509RevocationMode.NoCheck, X509ChainTrustMode.CustomRootTrust), (_tls.CertificateChainPolicy.RevocationMode, _tls.CertificateChainPolicy.TrustMode));
        Assert.Same(ClientCertificateRequest.ByUs, Requested());
    }

    [Fact]
    public void Handshake_NotToldToAsk_LeavesAllAsItIs()
    {
        ClientCertificateHandshake.Attach(_https, asks: false);

        Handshake();

        AssertUntouched();
        Assert.Null(Requested());
    }

    // Options are read when the handshake comes: what was said after us counts too.
    [Theory]
    [InlineData(ClientCertificateMode.AllowCertificate)]
    [InlineData(ClientCertificateMode.RequireCertificate)]
    [InlineData(ClientCertificateMode.DelayCertificate)]
    public void Handshake_ModeOfTheApplication_IsLeftAlone(ClientCertificateMode mode)
    {
        ClientCertificateHandshake.Attach(_https, asks: true);
        _https.ClientCertificateMode = mode;

        Handshake();

        AssertUntouched();
        Assert.Null(Requested());
    }

    [Fact]
    public void Handshake_ValidationOfTheApplication_IsLeftAlone()
    {
        ClientCertificateHandshake.Attach(_https, asks: true);
        _https.ClientCertificateValidation = static (_, _, _) => false;

        Handshake();

        AssertUntouched();
    }

    [Fact]
    public void Handshake_ValidationOfSslStream_IsLeftAlone()
    {
        ClientCertificateHandshake.Attach(_https, asks: true);
        RemoteCertificateValidationCallback own = static (_, _, _, _) => false;
        _tls.RemoteCertificateValidationCallback = own;

        Handshake();

        Assert.False(_tls.ClientCertificateRequired);
        Assert.Same(own, _tls.RemoteCertificateValidationCallback);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Handshake_ApplicationAsksAlready_ItsOwnRulesStayAndItIsKnown(bool asks)
    {
        ClientCertificateHandshake.Attach(_https, asks);
        _tls.ClientCertificateRequired = true;

        Handshake();

        Assert.Null(_tls.RemoteCertificateValidationCallback);
        Assert.Null(_tls.CertificateChainPolicy);
        Assert.Same(ClientCertificateRequest.ByApplication, Requested());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Handshake_CallbackOfTheApplication_IsLeftToIt(bool before)
    {
        var ran = 0;
        void Own(ConnectionContext connection, SslServerAuthenticationOptions tls) => ran++;
        if (before)
        {
            _https.OnAuthenticate += Own;
        }

        ClientCertificateHandshake.Attach(_https, asks: true);
        if (!before)
        {
            _https.OnAuthenticate += Own;
        }

        Handshake();

        AssertUntouched();
        Assert.Equal(1, ran);
    }

    // The defaults and the listener can both have one.
    [Fact]
    public void Handshake_TwoOfOurHooks_AskAsOne()
    {
        ClientCertificateHandshake.Attach(_https, asks: true);
        ClientCertificateHandshake.Attach(_https, asks: false);

        Handshake();

        Assert.True(_tls.ClientCertificateRequired);
    }

    private void Handshake() =>
        _https.OnAuthenticate!(new Connection(_features), _tls);

    private ClientCertificateRequest? Requested() => _features.Get<ClientCertificateRequest>();

    private void AssertUntouched()
    {
        Assert.False(_tls.ClientCertificateRequired);
        Assert.Null(_tls.RemoteCertificateValidationCallback);
        Assert.Null(_tls.CertificateChainPolicy);
    }

    private sealed class Connection(FeatureCollection features) : ConnectionContext
    {
        public override string ConnectionId { get; set; } = "1";

        public override IFeatureCollection Features => features;

        public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

        public override IDuplexPipe Transport { get; set; } = null!;
    }
}
