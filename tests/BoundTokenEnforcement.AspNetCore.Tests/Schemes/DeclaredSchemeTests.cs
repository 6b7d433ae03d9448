using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>What the application says of handlers that the library does not know: <c>AcceptsNoAccessTokens</c> and <c>VerifiesBindings</c>.</summary>
public sealed class DeclaredSchemeTests
{
    private const string Key = "X-Api-Key";

    private static Action<HttpContext> ApiKey { get; } = TestRequests.WithHeader(Key, "secret");

    private static Action<HttpContext> WithA { get; } = context => context.Connection.ClientCertificate = Api.A;

    [Fact]
    public async Task ApiKey_Alone_IsAccepted()
    {
        await using var api = await WithKeyAsync(options => options.AcceptsNoAccessTokens(Setup.Any));

        await api.AdmitsAsync("/", ApiKey, "key");
        Assert.Equal(StatusCodes.Status401Unauthorized, (await api.SendAsync("/", _ => { })).Status);
    }

    [Fact]
    public async Task ApiKey_Undeclared_IsRefused()
    {
        await using var api = await WithKeyAsync(_ => { });

        await api.RefusesAsync("/", ApiKey, BindingFailure.SchemeNotEnforced);
    }

    [Fact]
    public async Task ApiKey_BesideAStolenToken_IsRefusedWithIt()
    {
        await using var api = await WithKeyAsync(options => options.AcceptsNoAccessTokens(Setup.Any));

        await api.RefusesAsync("/", ApiKey + TestRequests.Stolen, BindingFailure.CertificateMissing);
        await api.AdmitsAsync("/", ApiKey + TestRequests.Proven, "key");
    }

    [Fact]
    public async Task ApiKey_AtAnEndpointThatDemandsABoundToken_IsRefused()
    {
        await using var api = await Setup.StartAsync(
            Setup.Any, AddKey, (api, app) => api.Map(app, "/").RequireBoundToken(), options => options.AcceptsNoAccessTokens(Setup.Any));

        await api.RefusesAsync("/", ApiKey);
    }

    // The statement is wrong: the handler accepts access tokens. What can be read of them is still compared.
    [Fact]
    public async Task Handler_AcceptsBoundTokensAfterAll_TheyAreRefusedWithoutTheirProof()
    {
        await using var api = await StartAsync(AnyUser(), options => options.AcceptsNoAccessTokens(Setup.Any));

        await api.RefusesAsync("/", TestRequests.Stolen, BindingFailure.CertificateMissing);
        await api.RefusesAsync("/", TestRequests.Stolen + (context => context.Connection.ClientCertificate = Api.B), BindingFailure.CertificateMismatch);
    }

    [Fact]
    public async Task Handler_LeavesAConfirmationClaim_IsNoSchemeWithoutTokens()
    {
        await using var api = await StartAsync(AnyUser(ConfirmationOf(Api.A)), options => options.AcceptsNoAccessTokens(Setup.Any));

        await api.RefusesAsync("/", ApiKey + WithA, BindingFailure.SchemeNotEnforced);
    }

    [Fact]
    public async Task Challenge_OfADeclaredScheme_IsKeptWithTheErrorAdded()
    {
        const string theirs = "Bearer realm=\"keys\", scope=\"read\", resource_metadata=\"https://api.test/.well-known/oauth-protected-resource/mcp\"";
        await using var api = await StartAsync(
            options =>
            {
                options.Subject = static request => request.Headers[Key].Count > 0 ? "key" : null;
                options.Challenge = theirs;
            },
            options => options.AcceptsNoAccessTokens(Setup.Any));

        var nobody = await api.SendAsync("/", _ => { });
        var thief = await api.SendAsync("/", ApiKey + TestRequests.Stolen);

        Assert.Equal([theirs], nobody.Headers.WWWAuthenticate.ToArray());
        Assert.Equal(StatusCodes.Status401Unauthorized, thief.Status);
        Assert.Equal(
            ["Bearer realm=\"keys\", error=\"invalid_token\", error_description=\"The access token is not valid for this request\", scope=\"read\", resource_metadata=\"https://api.test/.well-known/oauth-protected-resource/mcp\""],
            thief.Headers.WWWAuthenticate.ToArray());
        Assert.Equal("no-store", thief.Headers.CacheControl);
    }

    [Fact]
    public async Task Challenge_OfADeclaredSchemeThatRedirects_Is401AllTheSame()
    {
        await using var api = await StartAsync(
            options =>
            {
                options.Subject = static request => request.Headers[Key].Count > 0 ? "key" : null;
                options.RedirectTo = "/login";
            },
            options => options.AcceptsNoAccessTokens(Setup.Any));

        var nobody = await api.SendAsync("/", _ => { });
        var thief = await api.SendAsync("/", ApiKey + TestRequests.Stolen);

        Assert.Equal(StatusCodes.Status302Found, nobody.Status);
        thief.IsUnauthorized();
        Assert.False(thief.Headers.ContainsKey(HeaderNames.Location));
    }

    [Fact]
    public async Task VerifyingHandler_AcceptsATokenThatCanBeRead_ItIsComparedOnceMore()
    {
        await using var api = await StartAsync(AnyUser(), options => options.VerifiesBindings(Setup.Any));

        await api.RefusesAsync("/", TestRequests.Stolen, BindingFailure.CertificateMissing);
        await api.RefusesAsync("/", TestRequests.Stolen + (context => context.Connection.ClientCertificate = Api.B), BindingFailure.CertificateMismatch);
        await api.AdmitsAsync("/", TestRequests.Proven, "any");
    }

    // Opaque or encrypted: the claim that the handler leaves is what can be compared.
    [Fact]
    public async Task VerifyingHandler_LeavesAConfirmationClaim_ItIsCompared()
    {
        await using var api = await StartAsync(AnyUser(ConfirmationOf(Api.A)), options => options.VerifiesBindings(Setup.Any));

        await api.RefusesAsync("/", TestRequests.With("Bearer opaque"), BindingFailure.CertificateMissing);
        await api.RefusesAsync("/", TestRequests.With("Bearer opaque") + (context => context.Connection.ClientCertificate = Api.B), BindingFailure.CertificateMismatch);
        await api.AdmitsAsync("/", TestRequests.With("Bearer opaque") + WithA, "any");
    }

    // The certificate scheme has its say whoever accepted the token: with a JWT that can be read, and with a claim alone.
    [Fact]
    public async Task VerifyingHandler_CertificateThatTheCertificateSchemeRefuses_IsRefused()
    {
        const string certificates = "certificates";
        var refused = TestRequests.WithHeader("X-Refuse", "1");
        await using var readable = await StartAsync(AnyUser());
        await using var opaque = await StartAsync(AnyUser(ConfirmationOf(Api.A)));

        await readable.RefusesAsync("/", TestRequests.Proven + refused, BindingFailure.CertificateUntrusted);
        await readable.AdmitsAsync("/", TestRequests.Proven, "any");
        await opaque.RefusesAsync("/", TestRequests.With("Bearer opaque") + WithA + refused, BindingFailure.CertificateUntrusted);
        await opaque.AdmitsAsync("/", TestRequests.With("Bearer opaque") + WithA, "any");

        static Task<Api> StartAsync(Action<AnyTokenOptions> handler) => Setup.StartAsync(
            Setup.Any,
            schemes => schemes.AddGuarded().AddAny(handler).AddScheme<AnyTokenOptions, AnyTokenHandler>(certificates, options =>
                options.Subject = request => request.Headers.ContainsKey("X-Refuse") ? null : request.HttpContext.Connection.ClientCertificate?.Subject),
            Setup.Behind(),
            options =>
            {
                options.VerifiesBindings(Setup.Any);
                options.CertificateAuthenticationScheme = certificates;
            });
    }

    // Two bindings: both must hold.
    [Fact]
    public async Task VerifyingHandler_ClaimAndTokenDiffer_IsRefused()
    {
        await using var api = await StartAsync(AnyUser(ConfirmationOf(Api.B)), options => options.VerifiesBindings(Setup.Any));

        await api.RefusesAsync("/", TestRequests.Proven, BindingFailure.CertificateMismatch);
    }

    [Theory]
    [InlineData("""{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}""", BindingFailure.MethodUnsupported)]
    [InlineData("""{"x5t#S256":"short"}""", BindingFailure.ThumbprintMalformed)]
    [InlineData("not json", BindingFailure.PayloadUnreadable)]
    [InlineData("", BindingFailure.PayloadUnreadable)]
    public async Task VerifyingHandler_ClaimThatIsNotUnderstood_IsRefused(string claim, BindingFailure failure)
    {
        await using var api = await StartAsync(AnyUser(new Claim("cnf", claim)), options => options.VerifiesBindings(Setup.Any));

        await api.RefusesAsync("/", TestRequests.With("Bearer opaque") + WithA, failure);
    }

    [Fact]
    public async Task VerifyingHandler_TwoConfirmationClaims_IsRefused()
    {
        await using var api = await StartAsync(AnyUser(ConfirmationOf(Api.A), ConfirmationOf(Api.A)), options => options.VerifiesBindings(Setup.Any));

        await api.RefusesAsync("/", TestRequests.With("Bearer opaque") + WithA, BindingFailure.SchemeNotEnforced);
    }

    [Fact]
    public async Task VerifyingHandler_NothingToCompare_IsRefusedWhereABindingIsRequired()
    {
        await using var required = await StartAsync(AnyUser(), options => options.VerifiesBindings(Setup.Any));
        await using var whenBound = await StartAsync(AnyUser(), options =>
        {
            options.VerifiesBindings(Setup.Any);
            options.Requirement = BindingRequirement.WhenBound;
        });

        Assert.Equal(StatusCodes.Status401Unauthorized, (await required.SendAsync("/", TestRequests.With("Bearer opaque") + WithA)).Status);
        Assert.Empty(required.Visits);
        await whenBound.AdmitsAsync("/", TestRequests.With("Bearer opaque"), "any");
        await whenBound.RefusesAsync("/", TestRequests.Stolen, BindingFailure.CertificateMissing);
    }

    [Fact]
    public async Task VerifyingHandler_AtAnEndpointThatDemandsABoundToken_IsRefused()
    {
        await using var api = await Setup.StartAsync(
            Setup.Any, schemes => schemes.AddGuarded().AddAny(AnyUser()), (api, app) => api.Map(app, "/").RequireBoundToken(), options => options.VerifiesBindings(Setup.Any));

        await api.RefusesAsync("/", TestRequests.Proven);
    }

    // Somebody named the scheme twice and starts all the same (Audit = Log): the stricter one counts.
    [Fact]
    public async Task Scheme_NamedTwice_IsRefused()
    {
        await using var api = await StartAsync(AnyUser(), options =>
        {
            options.VerifiesBindings(Setup.Any);
            options.EnforcedByHandler(Setup.Any);
        });

        await api.RefusesAsync("/", TestRequests.Proven, BindingFailure.SchemeNotEnforced);
    }

    private static Claim ConfirmationOf(X509Certificate2 certificate) => new("cnf", $$"""{"x5t#S256":"{{TestCertificates.Thumbprint(certificate)}}"}""");

    private static Action<AnyTokenOptions> AnyUser(params Claim[] claims) => options =>
    {
        options.Subject = static _ => "any";
        options.Claims = claims;
    };

    private static void AddKey(AuthenticationBuilder schemes) =>
        schemes.AddGuarded().AddAny(options => options.Subject = static request => request.Headers[Key] == "secret" ? "key" : null);

    private static Task<Api> WithKeyAsync(Action<BoundTokenEnforcementOptions> enforcement) => Setup.StartAsync(Setup.Any, AddKey, Setup.Behind(), enforcement);

    private static Task<Api> StartAsync(Action<AnyTokenOptions> handler, Action<BoundTokenEnforcementOptions> enforcement) =>
        Setup.StartAsync(Setup.Any, schemes => schemes.AddGuarded().AddAny(handler), Setup.Behind(), enforcement);
}
