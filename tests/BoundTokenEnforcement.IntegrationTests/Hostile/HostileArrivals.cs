using System.Text;
using System.Text.Json.Nodes;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Abuse catalogue, how the token arrives: AC-047 to AC-056.</summary>
public static class HostileArrivals
{
    /// <summary>All rows.</summary>
    public static IEnumerable<HostileRequest> All { get; } = [.. SeveralHeaders(), .. SchemeNames(), .. Blanks(), .. OtherSchemes(), .. OtherPlaces(), .. NoToken()];

    private static IEnumerable<HostileRequest> SeveralHeaders()
    {
        yield return Row("AC-047", "two lines, two good tokens", c => Lines(c, $"Bearer {c.GoodToken()}", $"Bearer {c.GoodToken()}"), Expected.Refused);
        yield return Row("AC-047", "two lines, the same good token", c =>
        {
            var token = c.GoodToken();
            return Lines(c, $"Bearer {token}", $"Bearer {token}");
        }, Expected.Refused);
        yield return Row("AC-047", "good line, then another's token", c => Lines(c, $"Bearer {c.GoodToken()}", $"Bearer {c.Issuer.BoundTo(c.B)}"), Expected.Refused);
        yield return Row("AC-047", "another's token, then good line", c => Lines(c, $"Bearer {c.Issuer.BoundTo(c.B)}", $"Bearer {c.GoodToken()}"), Expected.Refused);
        yield return Row("AC-047", "one line, comma", c => Lines(c, $"Bearer {c.GoodToken()}, Bearer {c.GoodToken()}"), Expected.Refused);
        yield return Row("AC-047", "good line, then an empty one", c => Lines(c, $"Bearer {c.GoodToken()}", ""), Expected.Refused) with { StockRefuses = false };
        yield return Row("AC-048", "Basic, then Bearer", c => Lines(c, "Basic eDp5", $"Bearer {c.GoodToken()}"), Expected.Refused);
        yield return Row("AC-048", "Bearer, then Basic", c => Lines(c, $"Bearer {c.GoodToken()}", "Basic eDp5"), Expected.Refused);
        yield return Row(
            "AC-048",
            "Basic, then Bearer, anonymous endpoint",
            c => Lines(c, "Basic eDp5", $"Bearer {c.GoodToken()}") with { Target = "/public" },
            Expected.AnonymousOrRefused);
    }

    private static IEnumerable<HostileRequest> SchemeNames()
    {
        foreach (var scheme in new[] { "bearer", "BEARER", "BeArEr" })
        {
            yield return Passes("AC-049", scheme, (c, token) => c.Line($"Authorization: {scheme} {token}", token));
        }

        foreach (var header in new[] { "authorization", "AUTHORIZATION" })
        {
            yield return Passes("AC-049", $"header name {header}", (c, token) => c.Line($"{header}: Bearer {token}", token));
        }
    }

    private static IEnumerable<HostileRequest> Blanks()
    {
        foreach (var count in new[] { 1, 2, 3 })
        {
            // RFC 6750 §2.1: "Bearer" 1*SP b64token
            yield return Passes("AC-050", $"{count} blanks", (c, token) => c.Line($"Authorization: Bearer{new string(' ', count)}{token}", token));
        }

        yield return Passes("AC-050", "blanks around the field value", (c, token) => c.Line($"Authorization:   Bearer {token}   ", token));
        var separators = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["tab"] = "\t",
            ["U+00A0"] = "\u00A0",
            ["U+0085"] = "\u0085",
            ["U+2003"] = "\u2003",
            ["fold"] = "\r\n ",
            ["nothing"] = "",
            ["comma"] = ",",
            ["equals sign"] = "=",
        };
        foreach (var (name, separator) in separators)
        {
            yield return Row("AC-051", $"{name} after the scheme", c => Line(c, $"Bearer{Utf8(separator)}{c.GoodToken()}"), Expected.Refused);
        }

        yield return Row("AC-051", "U+00A0 as one byte after the scheme", c => Line(c, $"Bearer\u00A0{c.GoodToken()}"), Expected.Refused);
        yield return Row("AC-051", "a second word", c => Line(c, $"Bearer {c.GoodToken()} x"), Expected.Refused);
        yield return Row("AC-051", "a blank inside the token", c => Line(c, $"Bearer {c.GoodToken().Insert(20, " ")}"), Expected.Refused);
        yield return Row("AC-051", "a comma behind the token", c => Line(c, $"Bearer {c.GoodToken()},"), Expected.Refused);
        yield return Row("AC-051", "a parameter behind the token", c => Line(c, $"Bearer {c.GoodToken()}, realm=\"x\""), Expected.Refused);
        yield return Row("AC-051", "tab behind the blank", c => Line(c, $"Bearer \t{c.GoodToken()}"), Expected.Refused) with { StockRefuses = false };
    }

    private static IEnumerable<HostileRequest> OtherSchemes()
    {
        yield return Row("AC-052", "T(A) under DPoP, no proof", c => Line(c, $"DPoP {c.GoodToken()}"), Expected.Unauthorized);
        yield return Row("AC-052", "jkt-bound token under Bearer", c => c.Bearer(Jkt(c, withCertificate: false)), Expected.InvalidToken) with { StockRefuses = false };
        yield return Row("AC-052", "token bound both ways under Bearer", c => c.Bearer(Jkt(c, withCertificate: true)), Expected.InvalidToken) with { StockRefuses = false };
        yield return Row("AC-052", "jkt-bound token under DPoP, no proof", c => Line(c, $"DPoP {Jkt(c, withCertificate: false)}"), Expected.Unauthorized);
        yield return Row("AC-052", "T(A) under Bearer with a colon", c => Line(c, $"Bearer: {c.GoodToken()}"), Expected.Refused);
        foreach (var scheme in new[] { "Basic", "Token", "JWT", "Bear" })
        {
            yield return Row("AC-052", $"T(A) under {scheme}", c => Line(c, $"{scheme} {c.GoodToken()}"), Expected.Unauthorized);
        }
    }

    private static IEnumerable<HostileRequest> OtherPlaces()
    {
        yield return Row("AC-053", "query only", c => Query(c, new RequestShape(c.A)), Expected.Refused);
        yield return Row("AC-054", "header and query", c => Query(c, c.Good()), Expected.InvalidRequest, c => c.Good() with { Target = "/?other=1" }) with { StockRefuses = false };
        yield return Row("AC-054", "header and form body", c => Form(c, c.Good(), 1), Expected.InvalidRequest, c => Form(c, c.Good(), 0)) with { StockRefuses = false };
        yield return Row("AC-054", "header and query, the same token", c =>
        {
            var token = c.GoodToken();
            return c.Bearer(token) with { Target = $"/?access_token={token}" };
        }, Expected.InvalidRequest) with
        { StockRefuses = false };
        yield return Row("AC-055", "form body only", c => Form(c, new RequestShape(c.A), 1), Expected.Refused, c => Form(c, c.Good(), 0));
        yield return Row("AC-055", "form body twice", c => Form(c, new RequestShape(c.A), 2), Expected.Refused, c => Form(c, c.Good(), 0));
        yield return Row("AC-055", "GET with form body", c => Form(c, new RequestShape(c.A), 1) with { Method = "GET" }, Expected.Refused, c => Form(c, c.Good(), 0));
        yield return Row(
            "AC-055",
            "JSON body",
            c => new RequestShape(c.A)
            {
                Method = "POST",
                Body = ("application/json", new JsonObject { ["access_token"] = c.GoodToken() }.ToJsonString()),
            },
            Expected.Refused,
            c => c.Good() with { Method = "POST", Body = ("application/json", "{}") });
        yield return Row("AC-055", "cookie", c => new RequestShape(c.A, $"Cookie: access_token={c.GoodToken()}"), Expected.Refused);
    }

    private static IEnumerable<HostileRequest> NoToken()
    {
        yield return Row("AC-056", "no header", c => new RequestShape(c.A), Expected.NoToken);
        yield return Row("AC-056", "empty header", c => c.Line("Authorization:"), Expected.NoToken);
        yield return Row("AC-056", "scheme alone", c => c.Line("Authorization: Bearer"), Expected.NoToken);
        yield return Row("AC-056", "scheme and blank", c => c.Line("Authorization: Bearer "), Expected.NoToken);
        // The catalogue says 401; D16 says 400 for what does not fit the grammar. Either is a refusal.
        yield return Row("AC-056", "token in quotes", c => Line(c, $"Bearer \"{c.GoodToken()}\""), Expected.Refused);
        yield return Row("AC-056", "token without a scheme", c => Line(c, c.GoodToken()), Expected.Unauthorized);
    }

    private static HostileRequest Row(string id, string description, Func<HostileContext, RequestShape> build, Expected expected) =>
        Row(id, description, build, expected, c => c.Good());

    private static HostileRequest Row(
        string id, string description, Func<HostileContext, RequestShape> build, Expected expected, Func<HostileContext, RequestShape> twin) =>
        new(id, description, build, expected, twin);

    private static HostileRequest Passes(string id, string description, Func<HostileContext, string, RequestShape> build) =>
        new(id, description, c => build(c, c.GoodToken()), Expected.Pass, c => build(c, JwtTamper.FlipSignatureBit(c.GoodToken(), 0, 0)));

    private static RequestShape Line(HostileContext c, string value) => Lines(c, value);

    private static RequestShape Lines(HostileContext c, params string[] values) =>
        new(c.A, [.. values.Select(v => $"Authorization: {v}")]) { Secrets = [.. values.SelectMany(v => v.Split(' ', ',')).Where(v => v.Length > 100)] };

    private static RequestShape Query(HostileContext c, RequestShape shape)
    {
        var token = c.GoodToken();
        return shape with { Target = $"/?access_token={token}", Secrets = [.. shape.Secrets, token] };
    }

    private static RequestShape Form(HostileContext c, RequestShape shape, int times)
    {
        var tokens = Enumerable.Range(0, times).Select(_ => c.GoodToken()).ToArray();
        return shape with
        {
            Method = "POST",
            Body = ("application/x-www-form-urlencoded", string.Join('&', tokens.Select(t => $"access_token={t}").Append("other=1"))),
            Secrets = [.. shape.Secrets, .. tokens],
        };
    }

    private static string Jkt(HostileContext c, bool withCertificate) => c.Issuer.Issue(claims =>
    {
        var confirmation = withCertificate ? TestTokenIssuer.ConfirmationOf(c.A) : [];
        // The shape of an RFC 7638 thumbprint is that of any SHA-256.
        confirmation["jkt"] = TestCertificates.Thumbprint(c.B);
        claims["cnf"] = confirmation;
    });

    // The raw client writes one byte for each character.
    private static string Utf8(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}
