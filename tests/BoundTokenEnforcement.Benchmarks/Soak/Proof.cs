using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>
/// Stands in the endpoint itself and looks once more, with none of the code that is tested: does the token of this request name the certificate of
/// this connection? So that also those are counted to whom the answer was never brought.
/// </summary>
internal sealed class Proof
{
    private long _entered;
    private long _unproven;

    internal long Entered => Interlocked.Read(ref _entered);

    internal long Unproven => Interlocked.Read(ref _unproven);

    internal void Count(HttpContext context)
    {
        Interlocked.Increment(ref _entered);
        if (!IsProven(context))
        {
            Interlocked.Increment(ref _unproven);
        }
    }

    private static bool IsProven(HttpContext context)
    {
        if (context.Features.Get<ISslStreamFeature>()?.SslStream.RemoteCertificate is not { } certificate
            || context.Request.Headers.Authorization.ToString().Split(' ') is not ["Bearer", var token])
        {
            return false;
        }

        try
        {
            var claims = JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]))!;
            return claims["cnf"]?["x5t#S256"]?.GetValue<string>() == Base64Url.EncodeToString(SHA256.HashData(certificate.GetRawCertData()));
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or JsonException)
        {
            return false;
        }
    }
}
