using System.Buffers.Text;
using System.Text;
using BoundTokenEnforcement.AspNetCore.Tests.Forwarding;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>What a handler that compares certificates itself is shown, and which tokens of a request are compared beside it.</summary>
public sealed class DisclosedCertificateTests
{
    // Bound to A, which only its issuer can read.
    private static Action<HttpContext> Opaque { get; } = TestRequests.With("Bearer opaque");

    // The middleware believes its header from any sender. The decision does not, so the handler must not see it either.
    [Fact]
    public async Task VerifyingHandler_CertificateThatMiddlewareAssigned_IsNotShown()
    {
        await using var api = await Api.StartAsync(
            [
                Comparing(options => options.Requirement = BindingRequirement.WhenBound),
                static builder => builder.Services.AddCertificateForwarding(options => options.CertificateHeader = "X-Client-Cert"),
            ],
            static (api, app) =>
            {
                app.UseCertificateForwarding();
                app.AuthenticateNow();
                api.MapProtected(app);
            });

        var forged = await api.SendAsync("/", Opaque + TestRequests.WithHeader("X-Client-Cert", Convert.ToBase64String(Api.A.RawData)));
        var owner = await api.SendAsync("/", Opaque + (context => context.Connection.ClientCertificate = Api.A));

        Assert.Equal((StatusCodes.Status401Unauthorized, StatusCodes.Status200OK), (forged.Status, owner.Status));
    }

    // Report-only mode accepts what would be rejected; it does not show the handler a certificate that nobody trusted forwarded.
    [Fact]
    public async Task VerifyingHandler_FieldOfAStrangerInReportOnlyMode_IsNotShown()
    {
        await using var api = await Api.StartAsync(
            [Comparing(Forwarded.From() + (static options => options.Mode = EnforcementMode.ReportOnly))], static (api, app) => api.MapProtected(app));

        var stranger = await api.SendAsync("/", Forwarded.Token(Forwarded.Stranger, Api.A.Base64()));
        var proxy = await api.SendAsync("/", Forwarded.Token(Forwarded.Proxy, Api.A.Base64()));

        Assert.Equal((StatusCodes.Status401Unauthorized, StatusCodes.Status200OK), (stranger.Status, proxy.Status));
    }

    // Nothing says which token the handler took. A decoy needs no signature to be read here.
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task StolenToken_BesideADecoyBoundToTheThief_IsRefused(bool verifies, bool inAuthorization)
    {
        var payload = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$$"""{"cnf":{"x5t#S256":"{{{TestCertificates.Thumbprint(Api.B)}}}"}}"""));
        var (decoy, stolen) = ($"e30.{payload}.", Api.Issuer.BoundTo(Api.A));
        await using var api = await Setup.StartAsync(
            Setup.Any,
            schemes => schemes.AddGuarded().AddAny(options => options.Subject = static request => request.Query["access_token"].LastOrDefault() is { Length: > 0 } ? "alice" : null),
            Setup.Behind(),
            options =>
            {
                if (verifies)
                {
                    options.VerifiesBindings(Setup.Any);
                }
                else
                {
                    options.AcceptsNoAccessTokens(Setup.Any);
                }
            });
        Action<HttpContext> thief = context => context.Connection.ClientCertificate = Api.B;

        await api.RefusesAsync(
            inAuthorization ? $"/?access_token={stolen}" : $"/?access_token={decoy}&access_token={stolen}",
            thief + (inAuthorization ? TestRequests.With($"Token {decoy}") : static _ => { }),
            BindingFailure.CertificateMismatch);
        await api.AdmitsAsync($"/?access_token={stolen}", context => context.Connection.ClientCertificate = Api.A, "alice");
    }

    private static Action<WebApplicationBuilder> Comparing(Action<BoundTokenEnforcementOptions> enforcement) =>
        Setup.Schemes(Setup.Any, static schemes => schemes.AddGuarded().AddAny(static options => options.Finish = static (context, success) => ValueTask.FromResult(
            context.Connection.ClientCertificate is { } shown && CertificateThumbprint.Of(shown) == CertificateThumbprint.Of(Api.A) ? success : AuthenticateResult.Fail("another certificate"))))
        + Setup.Enforcing(options =>
        {
            options.VerifiesBindings(Setup.Any);
            enforcement(options);
        });
}
