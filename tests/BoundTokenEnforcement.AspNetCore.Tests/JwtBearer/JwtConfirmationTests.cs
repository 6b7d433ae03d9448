using System.Buffers.Text;
using System.IdentityModel.Tokens.Jwt;
using System.Security.Cryptography;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement.AspNetCore.Tests.JwtBearer;

public sealed class JwtConfirmationTests
{
    private static readonly SymmetricSecurityKey DecryptionKey = new(RandomNumberGenerator.GetBytes(64));

    [Fact]
    public async Task Token_OfTheOlderHandler_IsJudgedByItsPayload()
    {
        await using var api = await Api.StartAsync(Api.Guarded(UseOlderHandler));

        await api.EnforcesBindingAsync();
    }

    [Fact]
    public async Task Token_OfACustomTokenHandler_IsJudgedByItsPayload()
    {
        await using var api = await StartAsync(token => token);

        await api.EnforcesBindingAsync();
    }

    [Fact]
    public async Task Token_OfATypeNobodyKnows_RefusedEvenWithTheCertificate()
    {
        await using var api = await StartAsync(_ => new OpaqueToken());

        await api.RefusesAsync("/", null);
        Assert.Equal(0, Unknown());
        await api.RefusesAsync("/", Api.A);
        Assert.Equal(1, Unknown());

        double Unknown() => api.Metrics.Sum(BoundTokenTelemetry.DecisionsCounterName, BoundTokenTelemetry.FailureTag, "TokenTypeUnknown");
    }

    [Fact]
    public async Task Token_KeptBackByTheTokenHandler_RefusedEvenWithTheCertificate()
    {
        await using var api = await StartAsync(_ => null);

        await api.RefusesAsync("/", null);
        await api.RefusesAsync("/", Api.A);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Token_Encrypted_ThePayloadInsideCounts(bool olderHandler)
    {
        await using var api = await Api.StartAsync(Api.Guarded(options =>
        {
            options.TokenValidationParameters.TokenDecryptionKey = DecryptionKey;
            options.TokenValidationParameters.ValidTypes = null;
            if (olderHandler)
            {
                UseOlderHandler(options);
            }
        }));

        (await api.GetAsync(Encrypt(Api.Issuer.BoundTo(Api.A)), null)).IsUnauthorized();
        (await api.GetAsync(Encrypt(Api.Issuer.BoundTo(Api.A)), Api.B)).IsUnauthorized();
        // Nobody signed what stands in the outer header.
        (await api.GetAsync(Encrypt(Api.Issuer.BoundTo(Api.A), confirmation: Api.B), Api.B)).IsUnauthorized();
        (await api.GetAsync(Encrypt(Api.Issuer.Issue(), confirmation: Api.A), Api.A)).IsUnauthorized();
        Assert.Empty(api.Visits);

        Assert.Equal(200, (await api.GetAsync(Encrypt(Api.Issuer.BoundTo(Api.A)), Api.A)).Status);
        Assert.Equal("alice", Assert.Single(api.Visits).Subject);
    }

    [Fact]
    public async Task Token_EncryptedWithoutASignatureInside_IsRefused()
    {
        await using var api = await Api.StartAsync(Api.Guarded(options => options.TokenValidationParameters.TokenDecryptionKey = DecryptionKey));
        var unsigned = JwtTamper.WithoutAlgorithm(Api.Issuer.BoundTo(Api.A), "none", keepSignature: false);

        (await api.GetAsync(Encrypt(unsigned), Api.A)).IsUnauthorized();

        Assert.Empty(api.Visits);
    }

    [Fact]
    public void Read_NoToken_IsAFault() => Assert.Equal(BindingFailure.ValidatedTokenMissing, JwtConfirmation.Read((SecurityToken?)null).Fault);

    [Fact]
    public void Read_EncryptedTokenThatWasNotDecrypted_IsAFault()
    {
        Assert.NotNull(JwtConfirmation.Read(new JsonWebToken(Encrypt(Api.Issuer.BoundTo(Api.A)))).Fault);
        Assert.NotNull(JwtConfirmation.Read(new JwtSecurityToken(Encrypt(Api.Issuer.BoundTo(Api.A)))).Fault);
    }

    // A token that was put together and not read has no signed bytes.
    [Fact]
    public void Read_TokenWithoutText_IsAFault()
    {
        Assert.Equal(BindingFailure.PayloadUnreadable, JwtConfirmation.Read(new JwtSecurityToken()).Fault);
    }

    [Theory]
    [InlineData("")]
    [InlineData("e")]
    [InlineData("{}")]
    [InlineData("e30.")]
    // The decoder gives what it read before it met the fault.
    [InlineData("e30g.")]
    [InlineData("e30g!!!!")]
    [InlineData("e+30")]
    [InlineData("é30")]
    public void Read_NotBase64Url_IsAFault(string payload) => Assert.Equal(BindingFailure.PayloadUnreadable, JwtConfirmation.Read(payload.AsSpan()).Fault);

    [Fact]
    public void Read_EmptyObject_HasNoConfirmation() => Assert.True(JwtConfirmation.Read("e30".AsSpan()).IsAbsent);

    [Fact]
    public void Read_LongestPayload_IsRead()
    {
        Assert.True(JwtConfirmation.Read(PayloadOf(Confirmation.MaxJsonLength)).IsAbsent);
        Assert.Equal(BindingFailure.PayloadUnreadable, JwtConfirmation.Read(PayloadOf(Confirmation.MaxJsonLength + 1)).Fault);
    }

    [Fact]
    public void Read_EndlessPayload_IsRefusedBeforeItIsDecoded()
    {
        var endless = new string('A', 40_000_000);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(BindingFailure.PayloadUnreadable, JwtConfirmation.Read(endless.AsSpan()).Fault);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    private static string PayloadOf(int length) =>
        Base64Url.EncodeToString(System.Text.Encoding.ASCII.GetBytes($"{{{new string(' ', length - 2)}}}"));

    private static string Encrypt(string token, System.Security.Cryptography.X509Certificates.X509Certificate2? confirmation = null)
    {
        var credentials = new EncryptingCredentials(DecryptionKey, "dir", SecurityAlgorithms.Aes256CbcHmacSha512);
        var header = new Dictionary<string, object> { ["cty"] = "JWT" };
        if (confirmation is not null)
        {
            header["cnf"] = new Dictionary<string, object> { ["x5t#S256"] = TestCertificates.Thumbprint(confirmation) };
        }

        return new JsonWebTokenHandler().EncryptToken(token, credentials, header);
    }

    private static void UseOlderHandler(JwtBearerOptions options)
    {
#pragma warning disable CS0618 // The older of two ways, which applications still use.
        options.UseSecurityTokenValidators = true;
#pragma warning restore CS0618
    }

    private static Task<Api> StartAsync(Func<SecurityToken, SecurityToken?> change) => Api.StartAsync(Api.Guarded(options =>
    {
        options.TokenHandlers.Clear();
        options.TokenHandlers.Add(new CustomHandler(change));
    }));

    private sealed class CustomHandler(Func<SecurityToken, SecurityToken?> change) : TokenHandler
    {
        private readonly JsonWebTokenHandler _inner = new();

        public override async Task<TokenValidationResult> ValidateTokenAsync(string token, TokenValidationParameters validationParameters)
        {
            var result = await _inner.ValidateTokenAsync(token, validationParameters);
            return new TokenValidationResult
            {
                IsValid = result.IsValid,
                Exception = result.Exception,
                ClaimsIdentity = result.ClaimsIdentity,
                SecurityToken = change(result.SecurityToken),
            };
        }
    }

    private sealed class OpaqueToken : SecurityToken
    {
        public override string Id => "";

        public override string Issuer => "";

        public override SecurityKey SecurityKey => null!;

        public override SecurityKey SigningKey
        {
            get => null!;
            set { }
        }

        public override DateTime ValidFrom => DateTime.MinValue;

        public override DateTime ValidTo => DateTime.MaxValue;
    }
}
