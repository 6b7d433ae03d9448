using System.Net;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Client.Tests.Guard;

/// <summary>AC-099, AC-103, AC-105: which token may be sent.</summary>
[Requirement("AC-099", "AC-103", "AC-105")]
public sealed class GuardTokenTests
{
    private static readonly X509Certificate2 Other = TestCertificates.SelfSigned("client-b");

    [Fact]
    public async Task Token_BoundToAnotherCertificate_IsRefused() => await ExpectAsync(GuardFixture.Tokens.BoundTo(Other), GuardFailure.TokenOfAnotherCertificate);

    [Fact]
    public async Task Token_BoundToARenewedCertificateOfTheSameKey_IsRefused()
    {
        using var renewed = TestCertificates.RenewedWithSameKey(GuardFixture.Certificate);
        await ExpectAsync(GuardFixture.Tokens.BoundTo(renewed), GuardFailure.TokenOfAnotherCertificate);
    }

    [Fact]
    public async Task Token_Bound_Arrives() => await ExpectAsync(GuardFixture.Tokens.BoundTo(GuardFixture.Certificate), null);

    [Fact]
    public async Task Token_NotBound_IsRefused() => await ExpectAsync(GuardFixture.Tokens.Issue(), GuardFailure.TokenNotBound);

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("\"x\"")]
    [InlineData("{\"x5t#S256\":1}")]
    [InlineData("{\"x5t#S256\":\"short\"}")]
    [InlineData("{\"jkt\":\"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I\"}")]
    public async Task Token_BoundInAWayThatIsNotUnderstood_IsRefused(string confirmation) =>
        await ExpectAsync(GuardFixture.Tokens.WithConfirmation(confirmation), GuardFailure.TokenNotBound);

    [Fact]
    public async Task Token_OfAnIssuerThatIsNotAllowed_IsRefused()
    {
        using var issuer = new TestTokenIssuer { Issuer = "https://evil.test" };
        await ExpectAsync(issuer.BoundTo(GuardFixture.Certificate), GuardFailure.IssuerNotAllowed);
    }

    // AC-099: both are allowed, but this resource names one of them.
    [Fact]
    [Requirement("AC-099")]
    public async Task Token_OfAnAllowedIssuerThatTheResourceDoesNotName_IsRefused()
    {
        using var issuer = new TestTokenIssuer { Issuer = "https://as-2.test" };
        await using var guard = GuardFixture.Start(static options => options.AllowedIssuers.Add("https://as-2.test"));
        guard.Token = issuer.BoundTo(GuardFixture.Certificate);
        await guard.RefusedAsync(GuardFailure.IssuerNotAllowed);
        guard.Token = GuardFixture.Tokens.BoundTo(GuardFixture.Certificate);
        await guard.ArrivesAsync();
    }

    [Fact]
    public async Task Token_ThatBreaksTheReader_IsRefused() => await ExpectAsync(
        GuardFixture.Tokens.SignRaw("""{"alg":"ES256"}""", $$"""{"cnf":{{TestTokenIssuer.ConfirmationOf(GuardFixture.Certificate)}},"iss":"\ud800"}"""), GuardFailure.Unexpected);

    [Fact]
    public async Task OpaqueToken_ResourceVerified_Arrives() => await ExpectAsync("opaque-token-0123456789", null);

    // Readable is a JWT: a header with alg, and a payload that is an object. Two dots are not enough.
    [Theory]
    [InlineData("v1.eyJhIjoxfQ.c2lnbmF0dXJl")]
    [InlineData("e30.e30.x")]
    [InlineData("W10.e30.x")]
    [InlineData("abc.MTIz.def")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.W10.x")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.MTIz.x")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.eyJh.x")]
    public async Task OpaqueToken_WithTwoDots_Arrives(string token) => await ExpectAsync(token, null);

    [Fact]
    public async Task Jwt_WithAlgAndObject_IsReadAsOne() => await ExpectAsync("eyJhbGciOiJFUzI1NiJ9.e30.x", GuardFailure.TokenNotBound);

    // The platform takes such a token for the scheme.
    [Fact]
    public async Task Jwt_WithoutAScheme_IsLookedAtAllTheSame()
    {
        await using var guard = GuardFixture.Start();
        await guard.RefusedAsync(GuardFailure.TokenNotBound, request => request.Headers.Authorization = new(GuardFixture.Tokens.Issue()));
        await guard.RefusedAsync(GuardFailure.TokenOfAnotherCertificate, request => request.Headers.Authorization = new(GuardFixture.Tokens.BoundTo(Other)));
    }

    // A message that one client sent, given to another: it holds the first one's token and names the first one's certificate.
    [Fact]
    public async Task TokenThatAnotherClientObtained_IsRefused()
    {
        await using var first = GuardFixture.Start();
        await using var second = GuardFixture.Start();
        second.Token = "opaque-token-0123456789";
        await second.RefusedAsync(
            GuardFailure.TokenOfAnotherCertificate,
            request => new ObtainedToken(second.Token, TestTokenIssuer.DefaultIssuer, Checked(GuardFixture.Certificate), first.Guard).PutInto(request));
        await second.ArrivesAsync(request => new ObtainedToken(second.Token, TestTokenIssuer.DefaultIssuer, Checked(GuardFixture.Certificate), second.Guard).PutInto(request));
    }

    [Fact]
    public async Task OpaqueToken_ResourceNotVerified_IsRefused()
    {
        await using var guard = GuardFixture.Start();
        guard.Token = "opaque-token-0123456789";
        guard.Metadata = _ => ScriptedAnswer.Status(404);
        await guard.RefusedAsync(GuardFailure.MetadataUnreachable);
    }

    // Whatever carries it: the server is what counts.
    [Fact]
    public async Task TokenInAnotherHeader_ResourceNotVerified_IsRefused()
    {
        await using var guard = GuardFixture.Start(server: new());
        await guard.RefusedAsync(GuardFailure.CertificateNotRequested, request =>
        {
            request.Headers.Authorization = null;
            request.Headers.Add("X-Access-Token", guard.Token);
        });
    }

    [Fact]
    public async Task TokenThatWeObtained_OfAnIssuerThatTheResourceDoesNotName_IsRefused()
    {
        await using var guard = GuardFixture.Start(static options => options.AllowedIssuers.Add("https://as-2.test"));
        guard.Token = "opaque-token-0123456789";
        await guard.RefusedAsync(GuardFailure.IssuerNotAllowed, request => new ObtainedToken(guard.Token, "https://as-2.test", Checked(GuardFixture.Certificate), guard.Guard).PutInto(request));
        await guard.ArrivesAsync(request => new ObtainedToken(guard.Token, TestTokenIssuer.DefaultIssuer, Checked(GuardFixture.Certificate), guard.Guard).PutInto(request));
    }

    // R8705-3-3: the certificate of the token, and not the one that came after it.
    [Fact]
    [Requirement("R8705-3-3")]
    public async Task TokenThatWeObtained_WithAnotherCertificate_GoesOutWithThatOne()
    {
        await using var guard = GuardFixture.Start();
        guard.Token = GuardFixture.Tokens.BoundTo(Other);
        await guard.ArrivesAsync(request => new ObtainedToken(guard.Token, TestTokenIssuer.DefaultIssuer, Checked(Other), guard.Guard).PutInto(request));
        Assert.Equal(TestCertificates.Thumbprint(Other), Assert.Single(guard.ApiRequests).Connection.ClientThumbprint);
    }

    [Fact]
    public async Task TokenThatWeObtained_ReplacedByAnother_IsJudgedAsTheOther()
    {
        await using var guard = GuardFixture.Start();
        await guard.RefusedAsync(GuardFailure.TokenOfAnotherCertificate, request =>
        {
            new ObtainedToken("opaque", TestTokenIssuer.DefaultIssuer, Checked(GuardFixture.Certificate), guard.Guard).PutInto(request);
            request.Headers.Authorization = new("Bearer", guard.Token = GuardFixture.Tokens.BoundTo(Other));
        });
    }

    private static ClientCertificate Checked(X509Certificate2 certificate) => ClientCertificate.Checked(certificate, TimeProvider.System);

    private static async Task ExpectAsync(string token, GuardFailure? refusal)
    {
        await using var guard = GuardFixture.Start();
        guard.Token = token;
        if (refusal is { } expected)
        {
            await guard.RefusedAsync(expected);
        }
        else
        {
            await guard.ArrivesAsync();
        }
    }
}
