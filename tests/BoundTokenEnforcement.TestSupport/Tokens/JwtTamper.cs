using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BoundTokenEnforcement.TestSupport;

/// <summary>Takes a good token apart and puts a hostile one together.</summary>
public static class JwtTamper
{
    // As issuers write it: no "\u002B" for a plus sign.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The three segments.</summary>
    public static (string Header, string Payload, string Signature) Split(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        var parts = token.Split('.');
        return (parts[0], parts[1], parts[2]);
    }

    /// <summary>The decoded header.</summary>
    public static JsonObject HeaderOf(string token) => Decode(Split(token).Header);

    /// <summary>The decoded payload.</summary>
    public static JsonObject PayloadOf(string token) => Decode(Split(token).Payload);

    /// <summary><c>alg</c> set to <paramref name="algorithm"/> (<c>none</c> in some spelling), with nothing or the old signature behind the last dot.</summary>
    public static string WithoutAlgorithm(string token, string algorithm, bool keepSignature)
    {
        var (_, payload, signature) = Split(token);
        var header = HeaderOf(token);
        header["alg"] = algorithm;
        return $"{Encode(header)}.{payload}.{(keepSignature ? signature : "")}";
    }

    /// <summary>The same without even the last dot.</summary>
    public static string WithoutAlgorithmTwoSegments(string token, string algorithm) => WithoutAlgorithm(token, algorithm, keepSignature: false).TrimEnd('.');

    /// <summary>HS256 over the same payload with <paramref name="secret"/> as the key, the <c>kid</c> left as it was.</summary>
    public static string SignedWithHmac(string token, byte[] secret) => SignedWithHmac(token, secret, _ => { });

    /// <summary>HS256 over the same payload with <paramref name="secret"/> as the key, after the header was changed.</summary>
    public static string SignedWithHmac(string token, byte[] secret, Action<JsonObject> customiseHeader)
    {
        ArgumentNullException.ThrowIfNull(customiseHeader);
        var header = HeaderOf(token);
        header["alg"] = "HS256";
        customiseHeader(header);
        var signed = $"{Encode(header)}.{Split(token).Payload}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>Every text or byte form in which a public key is known to have been taken for a shared secret.</summary>
    public static IReadOnlyDictionary<string, byte[]> PublicKeyAsSecret(TestSigningKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var forms = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            ["SPKI DER"] = key.PublicDer(),
            ["SPKI PEM"] = Encoding.ASCII.GetBytes(key.PublicPem()),
            ["SPKI PEM with final newline"] = Encoding.ASCII.GetBytes(key.PublicPem() + "\n"),
            ["JWK text"] = Encoding.UTF8.GetBytes(key.PublicJwk().ToJsonString()),
        };
        if (key.Algorithm == "RS256")
        {
            forms["PKCS#1 DER"] = key.PublicPkcs1();
            forms["modulus"] = Base64Url.DecodeFromChars(key.PublicJwk()["n"]!.GetValue<string>());
        }

        return forms;
    }

    /// <summary>The token with its header changed and its signature left alone.</summary>
    public static string WithHeader(string token, Action<JsonObject> customise)
    {
        ArgumentNullException.ThrowIfNull(customise);
        var (_, payload, signature) = Split(token);
        var header = HeaderOf(token);
        customise(header);
        return $"{Encode(header)}.{payload}.{signature}";
    }

    /// <summary>The token with its claims changed and its signature left alone.</summary>
    public static string WithPayload(string token, Action<JsonObject> customise)
    {
        ArgumentNullException.ThrowIfNull(customise);
        var (header, _, signature) = Split(token);
        var payload = PayloadOf(token);
        customise(payload);
        return $"{header}.{Encode(payload)}.{signature}";
    }

    /// <summary>The token with another signature.</summary>
    public static string WithSignature(string token, ReadOnlySpan<byte> signature)
    {
        var (header, payload, _) = Split(token);
        return $"{header}.{payload}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>The bytes that the signature is over.</summary>
    public static byte[] SignedBytes(string token)
    {
        var (header, payload, _) = Split(token);
        return Encoding.ASCII.GetBytes($"{header}.{payload}");
    }

    /// <summary>One bit of one character flipped. The result may hold characters that no header can carry.</summary>
    public static string FlipBit(string token, int index, int bit)
    {
        ArgumentNullException.ThrowIfNull(token);
        return $"{token[..index]}{(char)(token[index] ^ (1 << bit))}{token[(index + 1)..]}";
    }

    /// <summary>One bit of one decoded byte of the payload flipped, the signature left alone.</summary>
    public static string FlipPayloadBit(string token, int byteIndex, int bit)
    {
        var (header, payload, signature) = Split(token);
        var bytes = Base64Url.DecodeFromChars(payload);
        bytes[byteIndex] ^= (byte)(1 << bit);
        return $"{header}.{Base64Url.EncodeToString(bytes)}.{signature}";
    }

    /// <summary>One bit of one decoded byte of the signature flipped.</summary>
    public static string FlipSignatureBit(string token, int byteIndex, int bit)
    {
        var bytes = Base64Url.DecodeFromChars(Split(token).Signature);
        bytes[byteIndex] ^= (byte)(1 << bit);
        return WithSignature(token, bytes);
    }

    /// <summary>The token without <paramref name="length"/> characters from <paramref name="start"/> on.</summary>
    public static string Cut(string token, int start, int length)
    {
        ArgumentNullException.ThrowIfNull(token);
        return token.Remove(start, length);
    }

    /// <summary>Header of one, payload of the other, signature of the first.</summary>
    public static string SplicePayload(string token, string payloadOf)
    {
        var (header, _, signature) = Split(token);
        return $"{header}.{Split(payloadOf).Payload}.{signature}";
    }

    /// <summary>The base64url text of a JSON object.</summary>
    public static string Encode(JsonObject json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes(TextOf(json)));
    }

    /// <summary>The text of a JSON object, with nothing escaped that need not be.</summary>
    public static string TextOf(JsonObject json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return json.ToJsonString(Plain);
    }

    private static JsonObject Decode(string segment) => JsonNode.Parse(Base64Url.DecodeFromChars(segment))!.AsObject();
}
