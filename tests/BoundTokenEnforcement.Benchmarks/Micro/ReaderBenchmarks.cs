using BenchmarkDotNet.Attributes;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>What it costs to look at a token before its signature is verified.</summary>
[MemoryDiagnoser]
public class ReaderBenchmarks
{
    private readonly string _header;
    private readonly string _token;

    public ReaderBenchmarks()
    {
        using var issuer = new TestTokenIssuer();
        using var certificate = TestCertificates.SelfSigned("client");
        _token = issuer.BoundTo(certificate);
        _header = $"Bearer {_token}";
    }

    /// <summary>The field <c>Authorization</c>.</summary>
    [Benchmark]
    public BearerCredentialsReading Credentials() => BearerCredentials.Read(_header, out _);

    /// <summary><c>cnf</c> out of the compact form.</summary>
    [Benchmark(Baseline = true)]
    public bool UnverifiedConfirmation() => CompactJwt.TryGetPayload(_token, out var payload) && JwtConfirmation.Read(payload).IsAbsent;
}
