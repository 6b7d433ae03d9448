using System.Security.Claims;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>The ordinary API with the validated-token cache, and with cryptography that counts.</summary>
internal static class Caching
{
    internal static Action<WebApplicationBuilder> Cached { get; } = builder => builder.Services.AddValidatedTokenCache();

    internal static Action<WebApplicationBuilder> Guarded(
        CountingCryptoProviderFactory crypto, Action<JwtBearerOptions>? jwt = null, Action<BoundTokenEnforcementOptions>? enforcement = null) => Api.Guarded(
            options =>
            {
                options.TokenValidationParameters.CryptoProviderFactory = crypto;
                jwt?.Invoke(options);
            },
            enforcement);

    internal static Task<Api> StartAsync(CountingCryptoProviderFactory crypto, Action<JwtBearerOptions>? jwt = null) =>
        Api.StartAsync(Guarded(crypto, jwt), Cached);

    internal static Action<WebApplicationBuilder> Remembering(ValidatedTokenCacheContent content) =>
        builder => builder.Services.AddValidatedTokenCache(options => options.Remember = content);

    /// <summary>What is remembered now, in bytes.</summary>
    internal static long Remembered(this Api api) => api.Application.Services.GetRequiredService<SignatureCache>().Bytes;

    internal static double Hits(this Api api) => api.Metrics.Of(ValidatedTokenCacheTelemetry.HitsCounterName).Sum(measured => measured.Value);

    internal static double IdentityHits(this Api api) => api.Metrics.Of(ValidatedTokenCacheTelemetry.IdentityHitsCounterName).Sum(measured => measured.Value);

    internal static double Misses(this Api api) => api.Metrics.Of(ValidatedTokenCacheTelemetry.MissesCounterName).Sum(measured => measured.Value);

    /// <summary>What would be remembered of a token of the ordinary issuer with this lifetime.</summary>
    internal static RememberedIdentity Entry(ClaimsIdentity identity, SecurityKey key, DateTimeOffset notBefore, DateTimeOffset expires)
    {
        var token = new JsonWebToken(
            "{\"alg\":\"ES256\"}",
            $$"""{"iss":"{{TestTokenIssuer.DefaultIssuer}}","nbf":{{notBefore.ToUnixTimeSeconds()}},"exp":{{expires.ToUnixTimeSeconds()}}}""")
        { SigningKey = key };
        return RememberedIdentity.Of(identity, token, default, new AuthenticationProperties { IssuedUtc = notBefore, ExpiresUtc = expires });
    }

    /// <summary>Another signature over the same claims.</summary>
    internal static string Tampered(string token) => JwtTamper.FlipSignatureBit(token, 5, 3);
}
