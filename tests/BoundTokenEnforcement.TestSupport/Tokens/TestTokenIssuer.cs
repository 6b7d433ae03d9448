using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace BoundTokenEnforcement.TestSupport;

/// <summary>
/// An authorization server reduced to its signature. Tokens are put together by hand, so that any bytes at all can be signed.
/// </summary>
public sealed class TestTokenIssuer : IDisposable
{
    /// <summary>The <c>iss</c> of every token unless the test says otherwise.</summary>
    public const string DefaultIssuer = "https://as.test";

    /// <summary>The <c>aud</c> of every token unless the test says otherwise.</summary>
    public const string DefaultAudience = "https://api.test";

    private readonly TimeProvider _clock;
    private readonly TestSigningKey _key;

    /// <summary>An issuer with an ES256 key and the system clock.</summary>
    public TestTokenIssuer() : this(TestSigningKey.ES256(), TimeProvider.System)
    {
    }

    /// <summary>An issuer with this key, for example <see cref="TestSigningKey.RS256"/>, and the system clock.</summary>
    public TestTokenIssuer(TestSigningKey key) : this(key, TimeProvider.System)
    {
    }

    /// <summary>An issuer with this key and clock. The issuer owns the key.</summary>
    public TestTokenIssuer(TestSigningKey key, TimeProvider clock)
    {
        _key = key;
        _clock = clock;
    }

    /// <summary>The issuer identifier.</summary>
    public string Issuer { get; init; } = DefaultIssuer;

    /// <summary>The audience the tokens are for.</summary>
    public string Audience { get; init; } = DefaultAudience;

    /// <summary>The key the tokens are signed with.</summary>
    public TestSigningKey Key => _key;

    /// <summary>The JWK set that an authorization server would publish.</summary>
    public string Jwks => new JsonObject { ["keys"] = new JsonArray(_key.PublicJwk()) }.ToJsonString();

    /// <summary>A valid token without a confirmation.</summary>
    public string Issue() => SignRaw(JwtTamper.TextOf(Header()), JwtTamper.TextOf(Claims()));

    /// <summary>A valid token, after the test changed its claims.</summary>
    public string Issue(Action<JsonObject> customise)
    {
        ArgumentNullException.ThrowIfNull(customise);
        return Issue(customise, _ => { });
    }

    /// <summary>A valid token, after the test changed its claims and its header.</summary>
    public string Issue(Action<JsonObject> customise, Action<JsonObject> customiseHeader)
    {
        ArgumentNullException.ThrowIfNull(customise);
        ArgumentNullException.ThrowIfNull(customiseHeader);
        var claims = Claims();
        customise(claims);
        var header = Header();
        customiseHeader(header);
        return SignRaw(JwtTamper.TextOf(header), JwtTamper.TextOf(claims));
    }

    /// <summary>T(A): a valid token bound to <paramref name="certificate"/>.</summary>
    public string BoundTo(X509Certificate2 certificate) => BoundTo(certificate, _ => { });

    /// <summary>T(A), after the test changed its claims.</summary>
    public string BoundTo(X509Certificate2 certificate, Action<JsonObject> customise) => Issue(claims =>
    {
        claims["cnf"] = ConfirmationOf(certificate);
        customise(claims);
    });

    /// <summary>A signed token whose <c>cnf</c> is this text, whatever it is.</summary>
    public string WithConfirmation(string rawJson) => WithRawMembers($"\"cnf\":{rawJson}");

    /// <summary>A signed token with this text as further members of its payload: <c>"cnf":{},"cnf":{}</c> gives duplicates.</summary>
    public string WithRawMembers(string rawMembers)
    {
        var claims = JwtTamper.TextOf(Claims());
        return SignRaw(JwtTamper.TextOf(Header()), $"{claims[..^1]},{rawMembers}}}");
    }

    /// <summary>Signs these texts as they are.</summary>
    public string SignRaw(string headerJson, string payloadJson) =>
        SignRaw(Encoding.UTF8.GetBytes(headerJson), Encoding.UTF8.GetBytes(payloadJson));

    /// <summary>Signs these bytes as they are.</summary>
    public string SignRaw(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        var signed = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(payload)}";
        return $"{signed}.{Base64Url.EncodeToString(_key.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>The header of a valid token, to be changed and signed with <see cref="SignRaw(string, string)"/>.</summary>
    public JsonObject Header() => new() { ["alg"] = _key.Algorithm, ["typ"] = "at+jwt", ["kid"] = _key.KeyId };

    /// <summary>The claims of a valid token without a confirmation.</summary>
    public JsonObject Claims()
    {
        var now = _clock.GetUtcNow().ToUnixTimeSeconds();
        return new JsonObject
        {
            ["iss"] = Issuer,
            ["aud"] = Audience,
            ["sub"] = "alice",
            ["client_id"] = "client-1",
            ["iat"] = now,
            ["exp"] = now + 300,
            ["jti"] = Guid.NewGuid().ToString("N"),
            ["scope"] = "read",
        };
    }

    /// <summary>The <c>cnf</c> object that names <paramref name="certificate"/>.</summary>
    public static JsonObject ConfirmationOf(X509Certificate2 certificate) =>
        new() { ["x5t#S256"] = TestCertificates.Thumbprint(certificate) };

    /// <summary>
    /// Makes a JwtBearer scheme accept exactly the <c>at+jwt</c> tokens of this issuer for this audience. Keys are static: nothing is fetched,
    /// and anything that tries through the scheme's back channel fails.
    /// </summary>
    public void Configure(JwtBearerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var configuration = new OpenIdConnectConfiguration { Issuer = Issuer };
        configuration.SigningKeys.Add(_key.PublicSecurityKey());
        options.Configuration = configuration;
        options.BackchannelHttpHandler = new NoNetworkHandler();
        options.TimeProvider = _clock;
        options.TokenValidationParameters.ValidIssuer = Issuer;
        options.TokenValidationParameters.ValidAudience = Audience;
        options.TokenValidationParameters.ValidTypes = ["at+jwt"];
        options.TokenValidationParameters.ClockSkew = TimeSpan.Zero;
        if (_clock != TimeProvider.System)
        {
            // The library asks the wall clock; a test that brought its own must not be answered from there.
            options.TokenValidationParameters.LifetimeValidator = (notBefore, expires, _, _) =>
                expires is { } end && _clock.GetUtcNow().UtcDateTime < end && !(notBefore > _clock.GetUtcNow().UtcDateTime);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _key.Dispose();

    private sealed class NoNetworkHandler : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new InvalidOperationException($"The back channel was used: {request.RequestUri}");
    }
}
