using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>The issuer, the clients' certificates and the server's. Minted when needed, used by all variants alike.</summary>
internal sealed class LoadWorld : IDisposable
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<int, X509Certificate2> _certificates = new();
    private readonly Dictionary<string, TestTokenIssuer> _issuers = new(StringComparer.Ordinal)
    {
        ["ES256"] = new TestTokenIssuer(TestSigningKey.ES256()),
        ["RS256"] = new TestTokenIssuer(TestSigningKey.RS256()),
    };

    internal static IReadOnlyList<string> Algorithms { get; } = ["ES256", "RS256"];

    internal X509Certificate2 ServerCertificate { get; } = TestCertificates.Server();

    internal ServerSetup SetupOf(Variant variant, EndToEndOptions options) => new()
    {
        Variant = variant.Name(),
        Certificate = Convert.ToBase64String(ServerCertificate.Export(X509ContentType.Pkcs12)),
        Issuer = TestTokenIssuer.DefaultIssuer,
        Audience = TestTokenIssuer.DefaultAudience,
        KeySets = [.. _issuers.Values.Select(issuer => issuer.Jwks)],
        SmallCacheBytes = options.SmallCacheBytes,
        Affinity = options.Pin ? Processors.Server : 0,
    };

    /// <summary>The certificate of one client.</summary>
    internal X509Certificate2 Certificate(int client) =>
        _certificates.GetOrAdd(client, static number => TestCertificates.SelfSigned($"client-{number}"));

    /// <summary>Tokens bound to the certificate of one client.</summary>
    internal IReadOnlyList<string> Tokens(string algorithm, int client, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => _issuers[algorithm].BoundTo(
            Certificate(client), static claims => claims["exp"] = claims["iat"]!.GetValue<long>() + (long)TokenLifetime.TotalSeconds))];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var issuer in _issuers.Values)
        {
            issuer.Dispose();
        }

        foreach (var certificate in _certificates.Values)
        {
            certificate.Dispose();
        }

        ServerCertificate.Dispose();
    }
}
