using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>
/// Issues access tokens that the host under test accepts, and such as it must not accept. Get it from the services of a host with
/// <c>AddBoundTokenTesting</c>. Its key lives in memory and in that host only.
/// </summary>
public sealed class BoundTokenMint : IDisposable
{
    /// <summary>The <c>iss</c> of all tokens.</summary>
    public const string Issuer = "https://bound-token-mint.test";

    /// <summary>The <c>aud</c> of all tokens.</summary>
    public const string Audience = "https://bound-token-mint.test/audience";

    internal const string Type = "at+jwt";

    private const string X5tS256 = "x5t#S256";

    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private readonly TimeProvider _clock;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsaSecurityKey _signing;

    /// <summary>A mint with a key of its own.</summary>
    public BoundTokenMint()
        : this(TimeProvider.System)
    {
    }

    /// <summary>A mint with a key and a clock of its own.</summary>
    /// <param name="clock">The clock for <c>nbf</c> and <c>exp</c>. JwtBearer asks its own.</param>
    /// <exception cref="ArgumentNullException"><paramref name="clock"/> is <see langword="null"/>.</exception>
    public BoundTokenMint(TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        _clock = clock;
        _signing = new ECDsaSecurityKey(_key) { KeyId = "bound-token-mint" };
        PublicKey = new ECDsaSecurityKey(ECDsa.Create(_key.ExportParameters(includePrivateParameters: false))) { KeyId = _signing.KeyId };
    }

    /// <summary>Claims of all tokens that are issued from now on, for example the scope that an endpoint demands.</summary>
    /// <value>At first <c>sub</c> and <c>client_id</c>.</value>
    public IDictionary<string, object> Claims { get; } = new Dictionary<string, object>(StringComparer.Ordinal) { ["sub"] = "test-user", ["client_id"] = "test-client" };

    internal SecurityKey PublicKey { get; }

    /// <summary>A valid token, bound to <paramref name="certificate"/> (RFC 8705 §3.1).</summary>
    /// <exception cref="ArgumentNullException"><paramref name="certificate"/> is <see langword="null"/>.</exception>
    public string Bound(X509Certificate2 certificate) => Issue(_signing, ConfirmationOf(certificate), Life);

    /// <summary>A valid token that is bound to nothing.</summary>
    public string Unbound() => Issue(_signing, confirmation: null, Life);

    /// <summary>A token, bound to <paramref name="certificate"/>, that ended an hour ago.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="certificate"/> is <see langword="null"/>.</exception>
    public string Expired(X509Certificate2 certificate) => Issue(_signing, ConfirmationOf(certificate), TimeSpan.FromHours(-1));

    /// <summary>A token, bound to <paramref name="certificate"/>, that is signed with a key that the host does not know.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="certificate"/> is <see langword="null"/>.</exception>
    public string Foreign(X509Certificate2 certificate) => Issue(new ECDsaSecurityKey(_foreign) { KeyId = _signing.KeyId }, ConfirmationOf(certificate), Life);

    /// <summary>A validly signed token whose <c>cnf</c> cannot be understood: its thumbprint is too short.</summary>
    public string Malformed() => Issue(_signing, new Dictionary<string, object> { [X5tS256] = "short" }, Life);

    /// <inheritdoc />
    public void Dispose()
    {
        _key.Dispose();
        _foreign.Dispose();
    }

    private static Dictionary<string, object> ConfirmationOf(X509Certificate2 certificate) =>
        new() { [X5tS256] = CertificateThumbprint.Of(certificate).ToString() };

    private string Issue(SecurityKey key, Dictionary<string, object>? confirmation, TimeSpan life)
    {
        var now = _clock.GetUtcNow().UtcDateTime;
        var claims = new Dictionary<string, object>(Claims) { ["jti"] = Guid.NewGuid().ToString("N") };
        if (confirmation is not null)
        {
            claims["cnf"] = confirmation;
        }

        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            TokenType = Type,
            NotBefore = now.AddHours(-2),
            IssuedAt = now.AddHours(-2),
            Expires = now + life,
            Claims = claims,
            SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256),
        });
    }
}
