using System.Security.Cryptography.X509Certificates;
using System.Text;
using BenchmarkDotNet.Attributes;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>The check alone (target P2), in its parts and as a whole.</summary>
[MemoryDiagnoser]
public class DecisionBenchmarks
{
    private readonly X509Certificate2 _certificate;
    private readonly PresentedCertificate _presented;
    private readonly PresentedCertificate _another;
    private readonly byte[] _payload;
    private readonly string _thumbprint;
    private readonly Confirmation _confirmation;

    public DecisionBenchmarks()
    {
        _certificate = TestCertificates.SelfSigned("client");
        _presented = new PresentedCertificate(_certificate, CertificateSource.Connection);
        _another = new PresentedCertificate(TestCertificates.SelfSigned("another"), CertificateSource.Connection);
        using var issuer = new TestTokenIssuer();
        _payload = Encoding.UTF8.GetBytes(JwtTamper.TextOf(JwtTamper.PayloadOf(issuer.BoundTo(_certificate))));
        _thumbprint = TestCertificates.Thumbprint(_certificate);
        _confirmation = Confirmation.Read(_payload);
    }

    /// <summary>Once per connection.</summary>
    [Benchmark]
    public CertificateThumbprint Thumbprint() => CertificateThumbprint.Of(_certificate);

    /// <summary>The text of a thumbprint, as it stands in a token.</summary>
    [Benchmark]
    public bool ParseThumbprint() => CertificateThumbprint.TryParse(_thumbprint, out _);

    /// <summary><c>cnf</c> out of a decoded payload.</summary>
    [Benchmark]
    public bool ReadConfirmation() => Confirmation.Read(_payload).IsAbsent;

    /// <summary>The decision with everything at hand.</summary>
    [Benchmark(Baseline = true)]
    public BindingOutcome Match() => CertificateBinding.Verify(_confirmation, _presented, BindingRequirement.Required).Outcome;

    /// <summary>The same for another certificate.</summary>
    [Benchmark]
    public BindingOutcome Mismatch() => CertificateBinding.Verify(_confirmation, _another, BindingRequirement.Required).Outcome;

    /// <summary>What each request costs: reading and deciding.</summary>
    [Benchmark]
    public BindingOutcome ReadAndMatch() =>
        CertificateBinding.Verify(Confirmation.Read(_payload), _presented, BindingRequirement.Required).Outcome;
}
