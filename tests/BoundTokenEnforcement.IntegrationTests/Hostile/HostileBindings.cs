using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Abuse catalogue, binding check: AC-001 to AC-018, AC-026, AC-028 to AC-030. JwtBearer alone lets all of them in.</summary>
public static class HostileBindings
{
    /// <summary>All rows.</summary>
    public static IEnumerable<HostileRequest> All { get; } =
    [
        .. Certificates().Concat(Confirmations()).Concat(Thumbprints()).Concat(Policies()).Select(row => row with { StockRefuses = false }),
    ];

    private static IEnumerable<HostileRequest> Certificates()
    {
        yield return Refused("AC-001", "no certificate", c => c.Good() with { Certificate = null });
        yield return Refused("AC-002", "another certificate", c => c.Good() with { Certificate = c.B });
        yield return Passes("AC-003", "the certificate", c => c.Good(), c => c.B);
        yield return Refused("AC-004", "renewed with the same key", c => c.Good() with { Certificate = c.Renewed });
        yield return Refused("AC-005", "same subject, issuer and serial, another key", c => c.Good() with { Certificate = c.Lookalike });
        // That the extra one is really sent is shown in ChainTests.
        yield return Refused(
            "AC-006",
            "the certificate only as an extra one in the chain",
            c => BoundTo(c, c.Leaf) with { Certificate = c.ChildOfLeaf, ExtraCertificates = [c.Leaf, c.Authority.Certificate] },
            c => BoundTo(c, c.ChildOfLeaf) with { ExtraCertificates = [c.Leaf, c.Authority.Certificate] });
        yield return Refused("AC-007", "bound to the authority, a leaf of it", c => BoundTo(c, c.Authority.Certificate) with { Certificate = c.Leaf }, c => BoundTo(c, c.Leaf));
        yield return Refused(
            "AC-007",
            "bound to the authority, a leaf of it with the authority in the chain",
            c => BoundTo(c, c.Authority.Certificate) with { Certificate = c.Leaf, ExtraCertificates = [c.Authority.Certificate] },
            c => BoundTo(c, c.Leaf) with { ExtraCertificates = [c.Authority.Certificate] });
        yield return Passes("AC-028", "1,000 names and 20 KB of extensions", c => BoundTo(c, c.Large), c => c.A);
        yield return Passes("AC-028", "RSA-4096", c => BoundTo(c, c.BigKey), c => c.A);
        // RFC 8705 §6.2: possession of the key is the proof, and nothing else is asked of the certificate.
        yield return Passes("AC-029", "a certificate that is over", c => BoundTo(c, c.Expired), c => c.A);
    }

    private static IEnumerable<HostileRequest> Confirmations()
    {
        foreach (var confirmation in new[] { "{}", "null", "\"\"", "0", "true", "[]", "[{}]" })
        {
            yield return Confirmation("AC-008", confirmation);
        }

        yield return Confirmation("AC-008", "cnf is the thumbprint", c => $"\"{Thumbprint(c)}\"");
        yield return Confirmation("AC-008", "cnf is an array with a good one", c => $"[{{\"x5t#S256\":\"{Thumbprint(c)}\"}}]");
        yield return Confirmation("AC-009", """{"x5t#S256":[]}""");
        yield return Confirmation("AC-009", "the thumbprint in an array", c => $"{{\"x5t#S256\":[\"{Thumbprint(c)}\"]}}");
        foreach (var value in new[] { "\"\"", "null", "0", "true", "{}" })
        {
            yield return Confirmation("AC-010", $$"""{"x5t#S256":{{value}}}""");
        }

        yield return Confirmation("AC-011", "x5t with SHA-1 only", c => $"{{\"x5t\":\"{Base64UrlOf(c.A.GetCertHash(HashAlgorithmName.SHA1))}\"}}");
        yield return Confirmation("AC-011", "x5t with SHA-256 only", c => $"{{\"x5t\":\"{Thumbprint(c)}\"}}");
        yield return Confirmation("AC-011", "X5T#S256", c => $"{{\"X5T#S256\":\"{Thumbprint(c)}\"}}");
        yield return Confirmation("AC-012", """{"kid":"1"}""");
        yield return Confirmation("AC-012", "jwk only", c => $"{{\"jwk\":{c.Issuer.Key.PublicJwk().ToJsonString()}}}");
        yield return Confirmation("AC-012", "jku only", c => $"{{\"jku\":\"{new Uri(c.Recorder.Address, "cnf")}\"}}");
        yield return Confirmation("AC-012", "jku besides a good thumbprint", c => $"{{\"x5t#S256\":\"{Thumbprint(c)}\",\"jku\":\"{new Uri(c.Recorder.Address, "cnf")}\"}}");
        yield return new HostileRequest("AC-018", "an unknown member besides", c => c.Bearer(WithMember(c)), Expected.Pass, c => c.Bearer(WithMember(c)) with { Certificate = c.B });
        yield return new HostileRequest("AC-018", "an unknown member besides, no certificate", c => c.Bearer(WithMember(c)) with { Certificate = null }, Expected.InvalidToken, c => c.Bearer(WithMember(c)));
    }

    private static IEnumerable<HostileRequest> Thumbprints()
    {
        yield return Spelled("AC-013", "hex", c => Convert.ToHexString(Hash(c)));
        yield return Spelled("AC-013", "hex in lower case", c => Convert.ToHexStringLower(Hash(c)));
        yield return Spelled("AC-013", "hex with colons", c => string.Join(':', Hash(c).Select(b => b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture))));
        yield return Spelled("AC-013", "base64", c => Convert.ToBase64String(Hash(c)));
        yield return Spelled("AC-013", "padded", c => Thumbprint(c) + "=");
        yield return Spelled("AC-013", "a blank behind", c => Thumbprint(c) + " ");
        yield return Spelled("AC-013", "a blank before", c => " " + Thumbprint(c));
        yield return Spelled("AC-013", "a line feed behind", c => Thumbprint(c) + "\\n");
        yield return Spelled("AC-013", "in upper case", c => Thumbprint(c).ToUpperInvariant());
        yield return Spelled("AC-013", "spare bits set", c => WithSpareBit(Thumbprint(c)));
        yield return Spelled("AC-014", "42 characters", c => Thumbprint(c)[..42]);
        yield return Spelled("AC-014", "44 characters", c => Thumbprint(c) + "A");
        yield return Spelled("AC-014", "16 KB of A", _ => new string('A', 16 * 1024));
        yield return Spelled("AC-014", "U+212A in it", c => Thumbprint(c)[..42] + "\\u212A");
        yield return Spelled("AC-015", "of the PEM text", c => Base64UrlOf(SHA256.HashData(Encoding.ASCII.GetBytes(c.A.ExportCertificatePem()))));
        yield return Spelled("AC-015", "of the public key", c => Base64UrlOf(SHA256.HashData(c.A.PublicKey.ExportSubjectPublicKeyInfo())));
        yield return Spelled("AC-015", "SHA-1, filled up", c => Base64UrlOf([.. c.A.GetCertHash(HashAlgorithmName.SHA1), .. new byte[12]]));
        yield return Spelled("AC-015", "SHA-512, cut", c => Base64UrlOf(SHA512.HashData(c.A.RawData)[..32]));
        yield return Spelled("AC-015", "the hash of nothing", _ => Base64UrlOf(SHA256.HashData([])));
    }

    private static IEnumerable<HostileRequest> Policies()
    {
        // AC-017: the same where tokens need not be bound.
        yield return Refused("AC-016", "an unbound token", c => c.Bearer(c.Issuer.Issue())) with { WhenBound = Expected.Pass };
        yield return Refused("AC-016", "an unbound token, no certificate", c => c.Bearer(c.Issuer.Issue()) with { Certificate = null }) with { WhenBound = Expected.Pass };
        yield return Refused("AC-016", "CNF is another claim", c => c.Bearer(c.Issuer.WithRawMembers($"\"CNF\":{TestTokenIssuer.ConfirmationOf(c.A)}")))
            with
        { WhenBound = Expected.Pass };
        yield return new HostileRequest(
            "AC-026",
            "an anonymous endpoint, no certificate",
            c => c.Good() with { Certificate = null, Target = "/public" },
            Expected.Anonymous,
            c => c.Good() with { Target = "/public" });
        yield return Refused(
            "AC-030",
            "somebody's cookie besides, no certificate",
            c => WithCookie(c, c.Good()) with { Certificate = null },
            c => WithCookie(c, c.Good()));
        yield return Refused(
            "AC-030",
            "somebody's cookie besides, another certificate",
            c => WithCookie(c, c.Good()) with { Certificate = c.B },
            c => WithCookie(c, c.Good()));
    }

    private static HostileRequest Refused(string id, string description, Func<HostileContext, RequestShape> build) => Refused(id, description, build, c => c.Good());

    private static HostileRequest Refused(string id, string description, Func<HostileContext, RequestShape> build, Func<HostileContext, RequestShape> twin) =>
        new(id, description, build, Expected.InvalidToken, twin);

    private static HostileRequest Passes(
        string id, string description, Func<HostileContext, RequestShape> build, Func<HostileContext, X509Certificate2> wrong) =>
        new(id, description, build, Expected.Pass, c => build(c) with { Certificate = wrong(c) });

    private static HostileRequest Confirmation(string id, string json) => Confirmation(id, $"cnf {json}", _ => json);

    private static HostileRequest Confirmation(string id, string description, Func<HostileContext, string> json) =>
        Refused(id, description, c => c.Bearer(c.Issuer.WithConfirmation(json(c))));

    private static HostileRequest Spelled(string id, string description, Func<HostileContext, string> thumbprint) =>
        Refused(id, $"thumbprint: {description}", c => c.Bearer(c.Issuer.WithConfirmation($"{{\"x5t#S256\":\"{thumbprint(c)}\"}}")));

    private static RequestShape BoundTo(HostileContext c, X509Certificate2 certificate) =>
        c.Bearer(c.Issuer.BoundTo(certificate)) with { Certificate = certificate };

    private static RequestShape WithCookie(HostileContext c, RequestShape shape) =>
        new(shape.Certificate, [.. shape.HeaderLines, $"Cookie: {c.Cookie}"]) { Target = "/both", Secrets = [.. shape.Secrets, c.Cookie] };

    private static string WithMember(HostileContext c) => c.Issuer.Issue(claims =>
        claims["cnf"] = new JsonObject { ["x5t#S256"] = Thumbprint(c), ["vendor"] = new JsonObject { ["x5t#S256"] = "x" } });

    private static byte[] Hash(HostileContext c) => SHA256.HashData(c.A.RawData);

    private static string Thumbprint(HostileContext c) => TestCertificates.Thumbprint(c.A);

    private static string Base64UrlOf(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    private static string WithSpareBit(string thumbprint)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return thumbprint[..^1] + Alphabet[Alphabet.IndexOf(thumbprint[^1], StringComparison.Ordinal) | 1];
    }
}
