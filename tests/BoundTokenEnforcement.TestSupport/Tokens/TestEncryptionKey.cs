using System.Buffers.Binary;
using System.Buffers.Text;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement.TestSupport;

/// <summary>The resource server's own key pair, to whose public half anyone can encrypt (RFC 7516).</summary>
public sealed class TestEncryptionKey : IDisposable
{
    private readonly RSA _key = RSA.Create(2048);

    /// <summary>The private half, for the resource server.</summary>
    public SecurityKey PrivateSecurityKey() => new RsaSecurityKey(_key) { KeyId = "enc-1" };

    /// <summary>A compact JWE (RSA-OAEP, A128CBC-HS256) around this text.</summary>
    public string Encrypt(string plaintext, Action<JsonObject> customiseHeader) => Encrypt(Encoding.UTF8.GetBytes(plaintext), customiseHeader);

    /// <summary>A compact JWE around the DEFLATE of <paramref name="inflated"/> zero bytes.</summary>
    public string EncryptBomb(int inflated)
    {
        using var deflated = new MemoryStream();
        using (var deflate = new DeflateStream(deflated, CompressionLevel.SmallestSize))
        {
            deflate.Write(new byte[inflated]);
        }

        return Encrypt(deflated.ToArray(), header => header["zip"] = "DEF");
    }

    /// <inheritdoc />
    public void Dispose() => _key.Dispose();

    private string Encrypt(byte[] plaintext, Action<JsonObject> customiseHeader)
    {
        ArgumentNullException.ThrowIfNull(customiseHeader);
        var header = new JsonObject { ["alg"] = "RSA-OAEP", ["enc"] = "A128CBC-HS256", ["kid"] = "enc-1", ["typ"] = "at+jwt", ["cty"] = "JWT" };
        customiseHeader(header);
        var protectedHeader = JwtTamper.Encode(header);

        // RFC 7518 §5.2.2.1: the first half of the content key authenticates, the second encrypts.
        var contentKey = RandomNumberGenerator.GetBytes(32);
        var iv = RandomNumberGenerator.GetBytes(16);
        using var aes = Aes.Create();
        aes.Key = contentKey[16..];
        var ciphertext = aes.EncryptCbc(plaintext, iv);
        var additional = Encoding.ASCII.GetBytes(protectedHeader);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(length, additional.Length * 8L);
        var tag = HMACSHA256.HashData(contentKey.AsSpan(0, 16), [.. additional, .. iv, .. ciphertext, .. length])[..16];
        var encryptedKey = _key.Encrypt(contentKey, RSAEncryptionPadding.OaepSHA1);
        return string.Join('.', protectedHeader, B64(encryptedKey), B64(iv), B64(ciphertext), B64(tag));
    }

    private static string B64(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
