using System.Buffers.Text;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Demo;

/// <summary>The thief's next idea: keep the token, but write one's own certificate into it. The signature does not survive that.</summary>
internal static class ForgedToken
{
    public static string Rebind(string token, X509Certificate2 certificate)
    {
        var parts = token.Split('.');
        var payload = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!;
        payload["cnf"] = new JsonObject { ["x5t#S256"] = Thumbprint.Of(certificate) };
        return $"{parts[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload.ToJsonString()))}.{parts[2]}";
    }
}
