using BenchmarkDotNet.Attributes;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>What the guard costs per request once the metadata is known (target P10): everything but the network.</summary>
[MemoryDiagnoser]
public class GuardBenchmarks
{
    private readonly BoundTokenGuard _guard;
    private readonly HttpRequestMessage _readable;
    private readonly HttpRequestMessage _opaque;

    public GuardBenchmarks()
    {
        var certificate = TestCertificates.SelfSigned("client");
        var options = new BoundTokenGuardOptions { Resource = TestTokenIssuer.DefaultAudience, ClientCertificate = certificate };
        options.AllowedIssuers.Add(TestTokenIssuer.DefaultIssuer);
        _guard = new BoundTokenGuard(
            options,
            new CurrentClientCertificate(new FixedClientCertificate(certificate), TimeProvider.System),
            new KnownMetadata(ResourceIdentifier.Parse(options.Resource)),
            new Transport(new AllowedAddresses(loopback: true, privateNetworks: false), proxy: null),
            TimeProvider.System);
        using var issuer = new TestTokenIssuer();
        _readable = Request(issuer.BoundTo(certificate));
        _opaque = Request("opaque");
    }

    /// <summary>A token that the guard cannot read.</summary>
    [Benchmark(Baseline = true)]
    public async Task Opaque() => await _guard.VerifyAsync(_opaque, CancellationToken.None);

    /// <summary>A JWT, whose confirmation is read as a hint.</summary>
    [Benchmark]
    public async Task Readable() => await _guard.VerifyAsync(_readable, CancellationToken.None);

    private static HttpRequestMessage Request(string token) =>
        new(HttpMethod.Get, $"{TestTokenIssuer.DefaultAudience}/orders") { Headers = { Authorization = new("Bearer", token) } };

    private sealed class KnownMetadata(ResourceIdentifier resource) : IProtectedResourceMetadataClient
    {
        private readonly ProtectedResourceMetadata _document = new()
        {
            Resource = resource,
            AuthorizationServers = [TestTokenIssuer.DefaultIssuer],
            TlsClientCertificateBoundAccessTokens = true,
        };

        public ValueTask<ProtectedResourceMetadata> GetAsync(ResourceIdentifier resource, CancellationToken cancellationToken) =>
            ValueTask.FromResult(_document);

        public void Renew(ResourceIdentifier resource)
        {
        }
    }
}
