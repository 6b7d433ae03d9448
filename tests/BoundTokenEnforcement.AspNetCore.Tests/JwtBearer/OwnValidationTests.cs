using System.IdentityModel.Tokens.Jwt;
using System.Security.Claims;
using System.Security.Cryptography;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement.AspNetCore.Tests.JwtBearer;

/// <summary>
/// Applications that validate in their own way: the owner gets in, the thief does not, and a critical header is refused all the same. What the library cannot know, such as the key
/// of a signature that the application verified, is no violation.
/// </summary>
public sealed class OwnValidationTests
{
    public static TheoryData<string> Ways =>
    [
        "SignatureValidator", "SignatureValidator, old token", "SignatureValidatorUsingConfiguration", "IssuerSigningKeyResolver", "IssuerSigningKeyResolverUsingConfiguration",
        "IssuerSigningKeyValidator", "TransformBeforeSignatureValidation", "AlgorithmValidator", "old handler", "own handler", "own key type", "LifetimeValidator", "AudienceValidator", "IssuerValidator",
    ];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Application_ValidatesItsOwnWay_BindingIsEnforcedAndTheOwnerGetsIn(string way)
    {
        await using var api = await Api.StartAsync(Api.Guarded(options => Configure(options, way)));

        await api.EnforcesBindingAsync();
        var critical = Api.Issuer.SignRaw($"{JwtTamper.TextOf(Api.Issuer.Header())[..^1]},\"crit\":[\"exp\"]}}", Base64UrlEncoder.Decode(Api.Issuer.BoundTo(Api.A).Split('.')[1]));
        (await api.GetAsync(critical, Api.A)).IsUnauthorized();
    }

    [Fact]
    public async Task EncryptedToken_BindingIsEnforced()
    {
        var key = new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(64));
        await using var api = await Api.StartAsync(Api.Guarded(options => options.TokenValidationParameters.TokenDecryptionKey = key));
        var encrypting = new EncryptingCredentials(key, Microsoft.IdentityModel.JsonWebTokens.JwtConstants.DirectKeyUseAlg, SecurityAlgorithms.Aes256CbcHmacSha512);
        var encrypted = new JsonWebTokenHandler().EncryptToken(Api.Issuer.BoundTo(Api.A), encrypting);

        (await api.GetAsync(encrypted, null)).IsUnauthorized();
        (await api.GetAsync(encrypted, Api.B)).IsUnauthorized();
        Assert.Equal(StatusCodes.Status200OK, (await api.GetAsync(encrypted, Api.A)).Status);
        Assert.Single(api.Visits);
    }

    private static void Configure(JwtBearerOptions options, string way)
    {
        var parameters = options.TokenValidationParameters;
        var keys = options.Configuration!.SigningKeys.ToList();
        switch (way)
        {
            case "SignatureValidator":
                parameters.SignatureValidator = static (token, _) => new JsonWebToken(token);
                break;
            case "SignatureValidator, old token":
                options.UseSecurityTokenValidators = true;
                parameters.SignatureValidator = static (token, _) => new JwtSecurityToken(token);
                break;
            case "SignatureValidatorUsingConfiguration":
                parameters.SignatureValidatorUsingConfiguration = static (token, _, _) => new JsonWebToken(token);
                break;
            case "IssuerSigningKeyResolver":
                options.Configuration.SigningKeys.Clear();
                parameters.IssuerSigningKeyResolver = (_, _, _, _) => keys;
                break;
            case "IssuerSigningKeyResolverUsingConfiguration":
                options.Configuration.SigningKeys.Clear();
                parameters.IssuerSigningKeyResolverUsingConfiguration = (_, _, _, _, _) => keys;
                break;
            case "IssuerSigningKeyValidator":
                parameters.IssuerSigningKeyValidator = static (_, _, _) => true;
                break;
            case "TransformBeforeSignatureValidation":
                parameters.TransformBeforeSignatureValidation = static (token, _) => token;
                break;
            case "AlgorithmValidator":
                parameters.AlgorithmValidator = static (_, _, _, _) => true;
                break;
            case "old handler":
                options.TokenHandlers.Clear();
                options.TokenHandlers.Add(new JwtSecurityTokenHandler());
                break;
            case "own handler":
                options.TokenHandlers.Clear();
                options.TokenHandlers.Add(new OwnHandler());
                break;
            case "own key type":
                options.Configuration.SigningKeys.Clear();
                keys.ForEach(key => options.Configuration.SigningKeys.Add(new HardwareKey(key)));
                parameters.CryptoProviderFactory = new CryptoProviderFactory { CustomCryptoProvider = new Hardware() };
                break;
            case "LifetimeValidator":
                parameters.LifetimeValidator = static (_, _, _, _) => true;
                break;
            case "AudienceValidator":
                parameters.AudienceValidator = static (_, _, _) => true;
                break;
            case "IssuerValidator":
                parameters.IssuerValidator = static (issuer, _, _) => issuer;
                break;
            default:
                throw new ArgumentException(way);
        }
    }

    private sealed class OwnHandler : JsonWebTokenHandler
    {
        protected override ClaimsIdentity CreateClaimsIdentity(JsonWebToken jwtToken, TokenValidationParameters validationParameters) =>
            new([new Claim("sub", jwtToken.Subject)], "own");
    }

    /// <summary>A key that tells no size, as those of hardware modules may.</summary>
    private sealed class HardwareKey : AsymmetricSecurityKey
    {
        internal HardwareKey(SecurityKey inner) => (Inner, KeyId) = (inner, inner.KeyId);

        internal SecurityKey Inner { get; }

        public override int KeySize => 0;

        [Obsolete("Of the base class.")]
        public override bool HasPrivateKey => false;

        public override PrivateKeyStatus PrivateKeyStatus => PrivateKeyStatus.DoesNotExist;
    }

    private sealed class Hardware : ICryptoProvider
    {
        public bool IsSupportedAlgorithm(string algorithm, params object[] args) => args is [HardwareKey, ..];

        public object Create(string algorithm, params object[] args) =>
            CryptoProviderFactory.Default.CreateForVerifying(((HardwareKey)args[0]).Inner, algorithm);

        public void Release(object cryptoInstance)
        {
        }
    }
}
