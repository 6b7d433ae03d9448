using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Abuse catalogue, token parsing and validation: AC-031 to AC-045.</summary>
public static class HostileTokens
{
    /// <summary>All rows.</summary>
    public static IEnumerable<HostileRequest> All { get; } =
    [
        .. NoAlgorithm(), .. PublicKeyAsSecret(), .. ClientSecret(), .. KeyInHeader(), .. KeyIds(), .. Encrypted(), .. Shapes(),
        .. Expiry(), .. AudienceAndIssuer(), .. Types(), .. Signatures(), .. Encodings(),
    ];

    private static IEnumerable<HostileRequest> NoAlgorithm()
    {
        foreach (var none in new[] { "none", "None", "NONE", "nOnE", "" })
        {
            yield return Refused("AC-031", $"alg '{none}', empty third segment", c => JwtTamper.WithoutAlgorithm(c.GoodToken(), none, keepSignature: false));
            yield return Refused("AC-031", $"alg '{none}', old signature kept", c => JwtTamper.WithoutAlgorithm(c.GoodToken(), none, keepSignature: true));
            yield return Refused("AC-031", $"alg '{none}', two segments", c => JwtTamper.WithoutAlgorithmTwoSegments(c.GoodToken(), none));
        }

        yield return Refused("AC-031", "no alg at all", c => JwtTamper.WithHeader(c.GoodToken(), h => h.Remove("alg")));
    }

    private static IEnumerable<HostileRequest> PublicKeyAsSecret()
    {
        using var sample = TestSigningKey.RS256();
        foreach (var form in JwtTamper.PublicKeyAsSecret(sample).Keys)
        {
            yield return Refused(
                "AC-032",
                $"HS256 with the RSA key as {form}",
                c => JwtTamper.SignedWithHmac(c.RsaIssuer.BoundTo(c.A), JwtTamper.PublicKeyAsSecret(c.RsaIssuer.Key)[form]),
                c => c.Bearer(c.RsaIssuer.BoundTo(c.A)));
            yield return Refused(
                "AC-032",
                $"HS256 with the RSA key as {form}, no kid",
                c => JwtTamper.SignedWithHmac(c.RsaIssuer.BoundTo(c.A), JwtTamper.PublicKeyAsSecret(c.RsaIssuer.Key)[form], h => h.Remove("kid")),
                c => c.Bearer(c.RsaIssuer.BoundTo(c.A)));
        }

        using var curve = TestSigningKey.ES256();
        foreach (var form in JwtTamper.PublicKeyAsSecret(curve).Keys)
        {
            yield return Refused(
                "AC-032",
                $"HS256 with the EC key as {form}",
                c => JwtTamper.SignedWithHmac(c.GoodToken(), JwtTamper.PublicKeyAsSecret(c.Issuer.Key)[form]));
        }
    }

    private static IEnumerable<HostileRequest> ClientSecret()
    {
        yield return Refused("AC-033", "HS256 with a client secret, kid = client id", c => JwtTamper.SignedWithHmac(
            c.GoodToken(), Encoding.UTF8.GetBytes("a-client-secret-of-forty-characters-long"), h => h["kid"] = "client-1"));
        yield return Refused("AC-033", "HS256 with an empty secret", c => JwtTamper.SignedWithHmac(c.GoodToken(), []));
    }

    private static IEnumerable<HostileRequest> KeyInHeader()
    {
        var members = new Dictionary<string, Func<HostileContext, JsonNode>>(StringComparer.Ordinal)
        {
            ["jwk"] = c => c.Attacker.Key.PublicJwk(),
            ["x5c"] = c => new JsonArray(Convert.ToBase64String(c.B.RawData)),
            ["jku"] = c => new Uri(c.Recorder.Address, "jwks").ToString(),
            ["x5u"] = c => new Uri(c.Recorder.Address, "x5u").ToString(),
        };
        foreach (var (name, value) in members)
        {
            foreach (var kid in new[] { "the attacker's", "ours", "absent" })
            {
                yield return Refused("AC-034", $"{name} in the header, attacker's signature, kid {kid}", c => c.Attacker.Issue(
                    claims => claims["cnf"] = TestTokenIssuer.ConfirmationOf(c.A),
                    header =>
                    {
                        header[name] = value(c);
                        if (kid == "ours")
                        {
                            header["kid"] = c.Issuer.Key.KeyId;
                        }
                        else if (kid == "absent")
                        {
                            header.Remove("kid");
                        }
                    }));
            }
        }

        yield return Refused("AC-034", "x5c with the key that signed", c =>
        {
            using var key = c.B.GetECDsaPrivateKey()!;
            var header = c.Issuer.Header();
            header["x5c"] = new JsonArray(Convert.ToBase64String(c.B.RawData));
            header["kid"] = TestCertificates.Thumbprint(c.B);
            var claims = c.Issuer.Claims();
            claims["cnf"] = TestTokenIssuer.ConfirmationOf(c.A);
            var signed = $"{JwtTamper.Encode(header)}.{JwtTamper.Encode(claims)}";
            return $"{signed}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
        });
    }

    private static IEnumerable<HostileRequest> KeyIds()
    {
        var kids = new Dictionary<string, JsonNode?>(StringComparer.Ordinal)
        {
            ["a path"] = "../../etc/passwd",
            ["SQL"] = "' OR 1=1--",
            ["8 KB"] = new string('k', 8192),
            ["U+0000"] = "kid-\0-nul",
            ["CRLF"] = "kid-\r\nX-Forged: log line",
            ["an ANSI escape"] = "kid-\u001b[31m-red",
            ["U+2028"] = "kid-\u2028-line",
            ["a number"] = 1,
            ["an array"] = new JsonArray("a", "b"),
        };
        foreach (var (name, kid) in kids)
        {
            yield return new HostileRequest(
                "AC-035",
                $"kid is {name}",
                c =>
                {
                    var shape = c.Bearer(c.Attacker.Issue(
                        claims => claims["cnf"] = TestTokenIssuer.ConfirmationOf(c.A), header => header["kid"] = kid?.DeepClone()));
                    return kid is JsonValue value && value.TryGetValue<string>(out var text) && text.Any(t => t < ' ' || t > '~') ? shape with { Secrets = [.. shape.Secrets, text] } : shape;
                },
                Expected.InvalidToken,
                c => c.Good());
        }
    }

    private static IEnumerable<HostileRequest> Encrypted()
    {
        yield return Refused("AC-036", "JWE around an unsigned JWT", c =>
            c.Encryption.Encrypt(JwtTamper.WithoutAlgorithm(c.GoodToken(), "none", keepSignature: false), _ => { }));
        yield return Refused("AC-036", "JWE around bare claims", c =>
        {
            var claims = c.Issuer.Claims();
            claims["cnf"] = TestTokenIssuer.ConfirmationOf(c.A);
            return c.Encryption.Encrypt(claims.ToJsonString(), h => h.Remove("cty"));
        });
        yield return Refused("AC-036", "JWE around a JWT of the attacker", c => c.Encryption.Encrypt(c.Attacker.BoundTo(c.A), _ => { }));
        yield return new HostileRequest(
            "AC-036",
            "JWE around T(A), with A",
            c => c.Bearer(c.Encryption.Encrypt(c.GoodToken(), _ => { })),
            Expected.Pass,
            c => c.Bearer(c.Encryption.Encrypt(JwtTamper.FlipSignatureBit(c.GoodToken(), 0, 0), _ => { })));
        yield return new HostileRequest(
            "AC-036",
            "JWE around T(A), without the certificate",
            c => c.Bearer(c.Encryption.Encrypt(c.GoodToken(), _ => { })) with { Certificate = null },
            Expected.InvalidToken,
            c => c.Good())
        { StockRefuses = false };
        yield return new HostileRequest(
            "AC-036",
            "JWE around T(A), with another certificate",
            c => c.Bearer(c.Encryption.Encrypt(c.GoodToken(), _ => { })) with { Certificate = c.B },
            Expected.InvalidToken,
            c => c.Good())
        { StockRefuses = false };
        yield return Refused("AC-036", "JWE around a token without a confirmation", c => c.Encryption.Encrypt(c.Issuer.Issue(), _ => { }), c => c.Good(), stockRefuses: false) with
        { WhenBound = Expected.Pass };
        yield return Refused("AC-037", "JWE that inflates to 15 MB", c => c.Encryption.EncryptBomb(15_000_000));
        foreach (var algorithm in new[] { "PBES2-HS256+A128KW", "PBES2-HS512+A256KW" })
        {
            yield return Refused("AC-037", $"JWE with {algorithm} and p2c = 2^31", c => c.Encryption.Encrypt(c.GoodToken(), h =>
            {
                h["alg"] = algorithm;
                h["p2c"] = 2147483648;
                h["p2s"] = "c2FsdHNhbHQ";
            }));
        }
    }

    private static IEnumerable<HostileRequest> Shapes()
    {
        yield return Refused("AC-038", "30,000 dots", _ => new string('.', 30_000));
        yield return new HostileRequest("AC-038", "40,000 dots", c => c.Bearer(new string('.', 40_000)), Expected.HeadersTooLarge, c => c.Good());
        foreach (var dots in new[] { 0, 1, 2, 3, 4, 5 })
        {
            yield return Refused("AC-038", $"{dots} dots after a letter", _ => "a" + new string('.', dots));
        }

        yield return Refused("AC-038", "T(A) with a fourth segment", c => c.GoodToken() + ".x");
        yield return Refused("AC-038", "T(A) with a final dot", c => c.GoodToken() + ".");
        yield return new HostileRequest(
            "AC-039", "payload 60 levels deep", c => c.Bearer(Deep(c, 60)), Expected.PassOrInvalidToken, c => c.Good());
        yield return Refused("AC-039", "payload 5,000 levels deep", c => Deep(c, 5_000));
        yield return Refused("AC-039", "header 5,000 levels deep", c =>
        {
            var header = c.Issuer.Header().ToJsonString();
            return c.Issuer.SignRaw($"{header[..^1]},\"deep\":{new string('[', 5_000)}{new string(']', 5_000)}}}", BoundClaims(c).ToJsonString());
        });
        yield return Refused("AC-039", "payload is an array", c => c.Issuer.SignRaw(c.Issuer.Header().ToJsonString(), $"[{BoundClaims(c).ToJsonString()}]"));
        yield return Refused("AC-039", "payload is empty", c => c.Issuer.SignRaw(c.Issuer.Header().ToJsonString(), ""));
        yield return Refused("AC-039", "payload is null", c => c.Issuer.SignRaw(c.Issuer.Header().ToJsonString(), "null"));
        yield return Refused("AC-039", "payload with a second object behind it", c => c.Issuer.SignRaw(c.Issuer.Header().ToJsonString(), BoundClaims(c).ToJsonString() + "{}"), stockRefuses: false);
        yield return Refused("AC-039", "payload cut in half", c => c.Issuer.SignRaw(c.Issuer.Header().ToJsonString(), BoundClaims(c).ToJsonString()[..80]));
    }

    private static IEnumerable<HostileRequest> Expiry()
    {
        foreach (var exp in new[] { "1e30", "-1", "0", "\"1e3\"", "9223372036854775808", "null", "true", "[]", "{}", "\"\"", "1000000000" })
        {
            yield return Refused("AC-040", $"exp is {exp}", c => WithMember(c, "exp", exp));
        }

        yield return Refused("AC-040", "no exp", c => c.Issuer.BoundTo(c.A, claims => claims.Remove("exp")));
        yield return Refused("AC-041", "exp twice, past then future", c => Twice(c, "exp", "1000000000", null), stockRefuses: false);
        yield return Refused("AC-041", "exp twice, future then past", c => Twice(c, "exp", null, "1000000000"));
        yield return Refused("AC-041", "aud twice, another's then ours", c => Twice(c, "aud", "\"https://other.test\"", null), stockRefuses: false);
        yield return Refused("AC-041", "cnf twice, the same", c => Twice(c, "cnf", null, null), stockRefuses: false);
        yield return Refused("AC-041", "cnf twice, another's then ours", c => Twice(c, "cnf", TestTokenIssuer.ConfirmationOf(c.B).ToJsonString(), null), stockRefuses: false);
        yield return Refused("AC-041", "cnf twice, the first with an escaped name", c =>
        {
            var claims = BoundClaims(c).ToJsonString();
            return c.Issuer.SignRaw(c.Issuer.Header().ToJsonString(), $"{{\"\\u0063nf\":{TestTokenIssuer.ConfirmationOf(c.B).ToJsonString()},{claims[1..]}");
        }, stockRefuses: false);
        yield return Refused("AC-041", "cnf twice, the second with an escaped name", c =>
        {
            var claims = BoundClaims(c).ToJsonString();
            return c.Issuer.SignRaw(c.Issuer.Header().ToJsonString(), $"{claims[..^1]},\"\\u0063nf\":{{}}}}");
        }, stockRefuses: false);
    }

    private static IEnumerable<HostileRequest> AudienceAndIssuer()
    {
        static JsonArray Many(int count) => new([.. Enumerable.Range(0, count).Select(i => (JsonNode)$"aud{i}")]);

        yield return Refused("AC-042", "aud of 1,000 others", c => c.Issuer.BoundTo(c.A, claims => claims["aud"] = Many(1000)));
        yield return Passes(
            "AC-042",
            "aud of 1,000 others and ours",
            c => c.Bearer(c.Issuer.BoundTo(c.A, claims =>
            {
                var all = Many(1000);
                all.Add(c.Issuer.Audience);
                claims["aud"] = all;
            })));
        yield return Refused("AC-042", "no aud", c => c.Issuer.BoundTo(c.A, claims => claims.Remove("aud")));
        yield return Refused("AC-042", "aud is empty", c => c.Issuer.BoundTo(c.A, claims => claims["aud"] = ""));
        yield return Refused("AC-042", "aud is an empty array", c => c.Issuer.BoundTo(c.A, claims => claims["aud"] = new JsonArray()));
        yield return Refused("AC-042", "aud is a prefix of ours", c => c.Issuer.BoundTo(c.A, claims => claims["aud"] = c.Issuer.Audience[..^1]));
        yield return Refused("AC-042", "ours is a prefix of aud", c => c.Issuer.BoundTo(c.A, claims => claims["aud"] = c.Issuer.Audience + ".evil"));
        yield return Refused("AC-042", "aud is ours in capitals", c => c.Issuer.BoundTo(c.A, claims => claims["aud"] = c.Issuer.Audience.ToUpperInvariant()));
        yield return Refused("AC-042", "aud is an object", c => c.Issuer.BoundTo(c.A, claims => claims["aud"] = new JsonObject { ["x"] = c.Issuer.Audience }));
        yield return Refused("AC-042", "iss with a slash behind it", c => c.Issuer.BoundTo(c.A, claims => claims["iss"] = c.Issuer.Issuer + "/"));
        yield return Refused("AC-042", "iss in capitals", c => c.Issuer.BoundTo(c.A, claims => claims["iss"] = c.Issuer.Issuer.ToUpperInvariant()));
        yield return Refused("AC-042", "no iss", c => c.Issuer.BoundTo(c.A, claims => claims.Remove("iss")));
        yield return Refused("AC-042", "iss is an array", c => c.Issuer.BoundTo(c.A, claims => claims["iss"] = new JsonArray("https://other.test", c.Issuer.Issuer)));
    }

    private static IEnumerable<HostileRequest> Types()
    {
        yield return Refused("AC-043", "ID token: typ JWT with nonce", c => Typed(c, "JWT", claims => claims["nonce"] = "n"));
        yield return Refused("AC-043", "typ missing", c => Typed(c, null, _ => { }));
        yield return Refused("AC-043", "logout token", c => Typed(c, "logout+jwt", _ => { }));
        yield return Refused("AC-043", "DPoP proof", c => Typed(c, "dpop+jwt", _ => { }));
    }

    private static IEnumerable<HostileRequest> Signatures()
    {
        yield return Refused("AC-044", "64 zero bytes", c => JwtTamper.WithSignature(c.GoodToken(), new byte[64]));
        yield return Refused("AC-044", "64 bytes of 0xFF", c => JwtTamper.WithSignature(c.GoodToken(), Enumerable.Repeat((byte)0xFF, 64).ToArray()));
        yield return Refused("AC-044", "no bytes", c => JwtTamper.WithSignature(c.GoodToken(), []));
        yield return Refused("AC-044", "DER instead of raw", c =>
        {
            var token = c.GoodToken();
            return JwtTamper.WithSignature(token, c.Issuer.Key.SignAsDer(JwtTamper.SignedBytes(token)));
        });
        var others = new[] { ("ES384", HashAlgorithmName.SHA384, false), ("ES512", HashAlgorithmName.SHA512, false), ("RS256", HashAlgorithmName.SHA256, true) };
        foreach (var (algorithm, hash, stockRefuses) in others)
        {
            yield return Refused("AC-044", $"P-256 key with {algorithm}", c =>
            {
                var token = JwtTamper.WithHeader(c.GoodToken(), h => h["alg"] = algorithm);
                return JwtTamper.WithSignature(token, c.Issuer.Key.SignWith(hash, JwtTamper.SignedBytes(token)));
            }, stockRefuses);
        }

        yield return Refused("AC-044", "one byte too many", c => JwtTamper.WithSignature(c.GoodToken(), [.. SignatureOf(c.GoodToken()), 0]));
        yield return Refused("AC-044", "one byte too few", c => JwtTamper.WithSignature(c.GoodToken(), SignatureOf(c.GoodToken()).AsSpan(1)));
        yield return Refused("AC-044", "signature of another token", c => JwtTamper.SplicePayload(c.GoodToken(), c.GoodToken()));
        yield return Refused("AC-044", "payload bound to another, signature of T(A)", c => JwtTamper.SplicePayload(c.GoodToken(), c.Issuer.BoundTo(c.B)));
        for (var i = 1; i < 16; i++)
        {
            // 64 bytes end with four bits that mean nothing: sixteen spellings of one signature.
            var spare = i;
            yield return Refused("AC-046", $"spare bits {spare} at the end of the signature", c => WithSpareBits(c.GoodToken(), spare));
        }

        yield return Refused("AC-044", "crit names something nobody knows", c => c.Issuer.Issue(
            claims => claims["cnf"] = TestTokenIssuer.ConfirmationOf(c.A),
            header =>
            {
                header["crit"] = new JsonArray("http://example.test/must-understand");
                header["http://example.test/must-understand"] = true;
            }), stockRefuses: false);
    }

    private static IEnumerable<HostileRequest> Encodings()
    {
        yield return Refused("AC-045", "payload behind a byte order mark", c => c.Issuer.SignRaw(
            Encoding.UTF8.GetBytes(c.Issuer.Header().ToJsonString()), [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(BoundClaims(c).ToJsonString())]));
        yield return Refused("AC-045", "escaped lone surrogate", c => WithMember(c, "sub", "\"\\ud800\""));
        yield return Refused("AC-045", "lone surrogate as bytes", c => WithBytes(c, [0xED, 0xA0, 0x80]));
        yield return Refused("AC-045", "overlong UTF-8", c => WithBytes(c, [0xC0, 0xAF]));
        yield return Refused("AC-045", "UTF-16", c => c.Issuer.SignRaw(
            Encoding.UTF8.GetBytes(c.Issuer.Header().ToJsonString()), Encoding.Unicode.GetBytes(BoundClaims(c).ToJsonString())));
        yield return Refused("AC-045", "comment in the JSON", c => c.Issuer.SignRaw(c.Issuer.Header().ToJsonString(), "/**/" + BoundClaims(c).ToJsonString()));
        yield return Refused("AC-045", "comma before the end", c => c.Issuer.SignRaw(c.Issuer.Header().ToJsonString(), BoundClaims(c).ToJsonString()[..^1] + ",}"));
    }

    private static HostileRequest Refused(string id, string description, Func<HostileContext, string> token) =>
        Refused(id, description, token, c => c.Good());

    private static HostileRequest Refused(string id, string description, Func<HostileContext, string> token, bool stockRefuses) =>
        Refused(id, description, token, c => c.Good(), stockRefuses);

    private static HostileRequest Refused(
        string id, string description, Func<HostileContext, string> token, Func<HostileContext, RequestShape> twin, bool stockRefuses = true) =>
        new(id, description, c => c.Bearer(token(c)), Expected.InvalidToken, twin) { StockRefuses = stockRefuses };

    private static HostileRequest Passes(string id, string description, Func<HostileContext, RequestShape> build) =>
        new(id, description, build, Expected.Pass, c => c.Bearer(JwtTamper.FlipSignatureBit(c.GoodToken(), 0, 0)));

    private static JsonObject BoundClaims(HostileContext c)
    {
        var claims = c.Issuer.Claims();
        claims["cnf"] = TestTokenIssuer.ConfirmationOf(c.A);
        return claims;
    }

    private static string Deep(HostileContext c, int levels)
    {
        var claims = BoundClaims(c).ToJsonString();
        return c.Issuer.SignRaw(c.Issuer.Header().ToJsonString(), $"{claims[..^1]},\"deep\":{new string('[', levels)}{new string(']', levels)}}}");
    }

    private static string WithMember(HostileContext c, string name, string rawValue)
    {
        var claims = BoundClaims(c);
        claims.Remove(name);
        return c.Issuer.SignRaw(c.Issuer.Header().ToJsonString(), $"{claims.ToJsonString()[..^1]},\"{name}\":{rawValue}}}");
    }

    // The member twice, each time with this text or, for null, with what a good token has.
    private static string Twice(HostileContext c, string name, string? first, string? second)
    {
        var claims = BoundClaims(c);
        var good = claims[name]!.ToJsonString();
        claims.Remove(name);
        return c.Issuer.SignRaw(
            c.Issuer.Header().ToJsonString(), $"{claims.ToJsonString()[..^1]},\"{name}\":{first ?? good},\"{name}\":{second ?? good}}}");
    }

    private static string Typed(HostileContext c, string? type, Action<JsonObject> customise) => c.Issuer.Issue(
        claims =>
        {
            claims["cnf"] = TestTokenIssuer.ConfirmationOf(c.A);
            customise(claims);
        },
        header =>
        {
            header.Remove("typ");
            if (type is not null)
            {
                header["typ"] = type;
            }
        });

    private static string WithBytes(HostileContext c, byte[] inAString)
    {
        var claims = Encoding.UTF8.GetBytes(BoundClaims(c).ToJsonString()[..^1] + ",\"x\":\"");
        return c.Issuer.SignRaw(Encoding.UTF8.GetBytes(c.Issuer.Header().ToJsonString()), [.. claims, .. inAString, (byte)'"', (byte)'}']);
    }

    private static string WithSpareBits(string token, int bits)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return token[..^1] + Alphabet[Alphabet.IndexOf(token[^1], StringComparison.Ordinal) | bits];
    }

    private static byte[] SignatureOf(string token) => Base64Url.DecodeFromChars(JwtTamper.Split(token).Signature);
}
