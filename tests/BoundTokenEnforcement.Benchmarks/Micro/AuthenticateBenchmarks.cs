using BenchmarkDotNet.Attributes;
using BoundTokenEnforcement.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>The whole authenticate path without a server: plain JwtBearer, and the same with the binding enforced (targets P1, P2, P7, P8).</summary>
[MemoryDiagnoser]
public class AuthenticateBenchmarks
{
    private AuthenticationScene _plain = null!;
    private AuthenticationScene _bound = null!;
    private AuthenticationScene.Connection _certificate = null!;
    private AuthenticationScene.Connection _another = null!;
    private AuthenticationScene.Connection _none = null!;
    private string _token = string.Empty;
    private string _forged = string.Empty;

    /// <summary>The algorithm of the token's signature.</summary>
    [Params("ES256", "RS256")]
    public string Algorithm { get; set; } = "ES256";

    [GlobalSetup]
    public async Task Prepare()
    {
        var issuer = new TestTokenIssuer(Algorithm == "ES256" ? TestSigningKey.ES256() : TestSigningKey.RS256());
        var certificate = TestCertificates.SelfSigned("client");
        var token = issuer.BoundTo(certificate, claims => claims["exp"] = claims["exp"]!.GetValue<long>() + 86_400);
        _token = $"Bearer {token}";
        _forged = $"Bearer {JwtTamper.FlipSignatureBit(token, 8, 0)}";
        _certificate = new(certificate);
        _another = new(TestCertificates.SelfSigned("another"));
        _none = new(null);
        _plain = new(issuer, static _ => { });
        _bound = new(issuer, static services => services.AddBoundTokenEnforcement());

        // Numbers of something else than what the names say would be worse than none.
        Expect(true, await PlainAccept(), nameof(PlainAccept));
        Expect(true, await BoundAccept(), nameof(BoundAccept));
        Expect(false, await BoundMismatch(), nameof(BoundMismatch));
        Expect(false, await BoundNoCertificate(), nameof(BoundNoCertificate));
        Expect(false, await PlainBadSignature(), nameof(PlainBadSignature));
        Expect(false, await BoundBadSignature(), nameof(BoundBadSignature));
    }

    [Benchmark(Baseline = true)]
    public Task<bool> PlainAccept() => _plain.SendAsync(_certificate, _token);

    [Benchmark]
    public Task<bool> BoundAccept() => _bound.SendAsync(_certificate, _token);

    [Benchmark]
    public Task<bool> BoundMismatch() => _bound.SendAsync(_another, _token);

    [Benchmark]
    public Task<bool> BoundNoCertificate() => _bound.SendAsync(_none, _token);

    [Benchmark]
    public Task<bool> PlainBadSignature() => _plain.SendAsync(_certificate, _forged);

    [Benchmark]
    public Task<bool> BoundBadSignature() => _bound.SendAsync(_certificate, _forged);

    private static void Expect(bool expected, bool entered, string what)
    {
        if (entered != expected)
        {
            throw new InvalidOperationException($"{what}: {(entered ? "entered" : "refused")}.");
        }
    }
}
