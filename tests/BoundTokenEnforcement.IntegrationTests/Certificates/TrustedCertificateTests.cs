using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication.Certificate;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Microsoft.AspNetCore.Authentication.Certificate over real TLS, as the judge of certificates that tokens are bound to.</summary>
public sealed class TrustedCertificateTests
{
    [Fact]
    public async Task Chain_ToTheConfiguredRoot_InAndNoOther()
    {
        using var authority = new TestCertificateAuthority();
        using var stranger = new TestCertificateAuthority();
        using var intermediate = authority.IssueAuthority("Intermediate CA");
        await using var api = await TrustedApi.StartAsync(authority.Certificate, certificates: options => options.AdditionalChainCertificates.Add(intermediate.Certificate));

        using var right = authority.IssueClient("alice");
        using var below = intermediate.IssueClient("alice");
        using var wrong = stranger.IssueClient("alice");
        using var expired = authority.IssueExpiredClient("alice");
        using var server = authority.IssueServer();
        using var forged = TestCertificates.ForgedChildOf(authority.Certificate);

        await api.AdmitsAsync(right);
        await api.AdmitsAsync(below);
        foreach (var certificate in new[] { wrong, expired, server, forged, api.Api.A })
        {
            await api.RefusesAsync(certificate);
        }
    }

    [Fact]
    public async Task SelfSigned_WhereAllowed_InUnlessExpired()
    {
        using var authority = new TestCertificateAuthority();
        await using var api = await TrustedApi.StartAsync(authority.Certificate, certificates: options => options.AllowedCertificateTypes = CertificateTypes.SelfSigned);
        using var expired = TestCertificates.Expired("alice");
        using var chained = authority.IssueClient("alice");

        await api.AdmitsAsync(api.Api.A);
        await api.RefusesAsync(expired);
        await api.RefusesAsync(chained);
    }

    // The authority vouches for both, and only one of them has business here.
    [Fact]
    public async Task AllowedCertificates_OverTls_DecideBesideTheAuthority()
    {
        using var authority = new TestCertificateAuthority();
        using var stranger = new TestCertificateAuthority();
        using var alice = authority.IssueClient("alice");
        using var bob = authority.IssueClient("bob");
        using var pretender = stranger.IssueClient("alice");
        await using var api = await TrustedApi.StartAsync(authority.Certificate, enforcement: options => options.AllowedCertificates.Subjects.Add("CN=alice"));
        using var connection = api.Api.Client(alice);

        await api.AdmitsAsync(alice);
        (await api.Api.SendAsync(bob, api.Api.Issuer.BoundTo(bob))).AssertRefused();
        Assert.Equal([BindingFailure.CertificateMismatch, BindingFailure.CertificateNotAllowed], api.Api.Refusals);
        await api.RefusesAsync(pretender);
        for (var i = 0; i < 3; i++)
        {
            (await api.Api.SendAsync(connection, api.Api.Issuer.BoundTo(alice))).AssertIn();
        }
    }

    // The user is whom the token names; whom the certificate names only on request, and behind it.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Principal_OfTheCertificate_IsMergedOnlyOnRequest(bool merged)
    {
        using var authority = new TestCertificateAuthority();
        using var leaf = authority.IssueClient("alice");
        ClaimsPrincipal? user = null;
        await using var api = await TrustedApi.StartAsync(
            authority.Certificate,
            certificates: options => options.Events!.OnCertificateValidated = context =>
            {
                context.Principal = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "partner"), new Claim(ClaimTypes.Role, "partners")], context.Scheme.Name));
                context.Success();
                return Task.CompletedTask;
            },
            enforcement: options => options.MergeCertificatePrincipal = merged,
            map: app => app.Use((HttpContext context, RequestDelegate next) =>
            {
                context.Response.OnStarting(() =>
                {
                    user = context.User;
                    return Task.CompletedTask;
                });
                return next(context);
            }));

        await api.AdmitsAsync(leaf);
        (await api.Api.SendAsync(leaf, api.Api.Issuer.BoundTo(leaf))).AssertIn();

        Assert.Equal(merged ? ["AuthenticationTypes.Federation", "Certificate"] : ["AuthenticationTypes.Federation"], user!.Identities.Select(identity => identity.AuthenticationType));
        Assert.Equal(merged, user.IsInRole("partners"));
        Assert.NotEqual("partner", user.Identity!.Name);

        // The twin: a token that is refused brings nobody along.
        user = null;
        (await api.Api.SendAsync(leaf, api.Api.Issuer.BoundTo(api.Api.A))).AssertRefused();
        Assert.Null(user);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 50)]
    public async Task ManyRequests_OnOneConnection_AreValidatedOnceWithTheCache(bool cached, int validations)
    {
        using var authority = new TestCertificateAuthority();
        using var leaf = authority.IssueClient("alice");
        await using var api = await TrustedApi.StartAsync(authority.Certificate, cached: cached);
        using var client = api.Api.Client(leaf);
        var token = api.Api.Issuer.BoundTo(leaf);

        for (var i = 0; i < (cached ? 10_000 : validations); i++)
        {
            (await api.Api.SendAsync(client, token)).AssertIn();
        }

        Assert.Equal(validations, api.Validations);
    }

    [Theory]
    [InlineData(ForwardedCertificateFormat.ClientCert)]
    [InlineData(ForwardedCertificateFormat.EscapedPem)]
    [InlineData(ForwardedCertificateFormat.Base64Der)]
    [InlineData(ForwardedCertificateFormat.SpacedPem)]
    [InlineData(ForwardedCertificateFormat.Xfcc)]
    [InlineData(ForwardedCertificateFormat.ClientCertChain)]
    [InlineData(ForwardedCertificateFormat.EscapedPemChain)]
    [InlineData(ForwardedCertificateFormat.Base64DerChain)]
    [InlineData(ForwardedCertificateFormat.XfccChain)]
    public async Task Forwarded_InEachFormat_IsJudgedByTheHandler(ForwardedCertificateFormat format)
    {
        using var authority = new TestCertificateAuthority();
        using var stranger = new TestCertificateAuthority();
        using var right = authority.IssueClient("alice");
        using var wrong = stranger.IssueClient("alice");
        await using var api = await BehindAsync(authority, format);

        (await SendAsync(api, format, right)).AssertIn();
        (await SendAsync(api, format, wrong)).AssertRefused();
        Assert.Equal([BindingFailure.CertificateUntrusted], api.Api.Refusals);
    }

    // What the client sent besides ends at no root by itself, and helps to get to the configured one.
    [Theory]
    [InlineData(ForwardedCertificateFormat.ClientCertChain)]
    [InlineData(ForwardedCertificateFormat.EscapedPemChain)]
    [InlineData(ForwardedCertificateFormat.Base64DerChain)]
    [InlineData(ForwardedCertificateFormat.XfccChain)]
    public async Task Forwarded_WithItsIntermediate_IsTrustedAndWithoutItNot(ForwardedCertificateFormat format)
    {
        using var authority = new TestCertificateAuthority();
        using var intermediate = authority.IssueAuthority("Intermediate CA");
        using var leaf = intermediate.IssueClient("alice");
        using var strangers = new TestCertificateAuthority();
        using var strangersIntermediate = strangers.IssueAuthority("Intermediate CA");
        using var strange = strangersIntermediate.IssueClient("alice");
        // Each of them is asked anew, so that nothing is known from before.
        await using var api = await BehindAsync(authority, format, cached: false);

        (await SendAsync(api, format, leaf)).AssertRefused();
        (await SendAsync(api, format, leaf, intermediate.Certificate)).AssertIn();
        (await SendAsync(api, format, leaf, strangersIntermediate.Certificate)).AssertRefused();
        (await SendAsync(api, format, strange, strangersIntermediate.Certificate, strangers.Certificate)).AssertRefused();
        // The chain of one request is not that of the next.
        (await SendAsync(api, format, leaf)).AssertRefused();
        Assert.All(api.Api.Refusals, failure => Assert.Equal(BindingFailure.CertificateUntrusted, failure));
    }

    // A certificate alone gets in where ASP.NET Core asks for no token; it is said at start, and RequireBoundToken ends it.
    [Theory]
    [InlineData("Bearer,Certificate", "Bearer")]
    [InlineData(null, "Certificate")]
    public async Task CertificateScheme_InAPolicyOrAsDefault_LetsInWithoutATokenAndWarns(string? schemes, string byDefault)
    {
        using var authority = new TestCertificateAuthority();
        using var leaf = authority.IssueClient("alice");
        await using var api = await TrustedApi.StartAsync(authority.Certificate, map: app =>
        {
            app.MapGet("/orders", () => "orders").RequireAuthorization(new Microsoft.AspNetCore.Authorization.AuthorizeAttribute { AuthenticationSchemes = schemes });
            app.MapGet("/bound", () => "bound").RequireAuthorization(new Microsoft.AspNetCore.Authorization.AuthorizeAttribute { AuthenticationSchemes = schemes }).RequireBoundToken();
            app.Services.GetRequiredService<IOptions<Microsoft.AspNetCore.Authentication.AuthenticationOptions>>().Value.DefaultScheme = byDefault;
        });

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (await StatusAsync(api, "/orders", leaf, null), await StatusAsync(api, "/bound", leaf, null)));
        // Beside a bound token that does not hold, the certificate gets nobody in.
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(api, "/orders", leaf, api.Api.Issuer.BoundTo(api.Api.A)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(api, "/orders", leaf, api.Api.Issuer.BoundTo(leaf)));

        var warning = Assert.Single((await api.Api.Host.Services.GetRequiredService<IBoundTokenAudit>().RunAsync(TestContext.Current.CancellationToken)).Warnings);
        Assert.StartsWith(
            schemes is null ? "Scheme 'Certificate' (AddCertificate) is the default: where no scheme is named, a certificate gets in without any token." : "The policy of endpoint 'HTTP: GET /orders' names scheme 'Certificate' (AddCertificate): any of its schemes is enough",
            warning,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoCache_IsAWarning()
    {
        using var authority = new TestCertificateAuthority();
        await using var api = await TrustedApi.StartAsync(authority.Certificate, cached: false);

        Assert.Equal(
            ["Scheme 'Certificate' (AddCertificate) builds and checks the chain of each request's certificate anew. Call AddCertificateCache(), and read what it remembers."],
            (await api.Api.Host.Services.GetRequiredService<IBoundTokenAudit>().RunAsync(TestContext.Current.CancellationToken)).Warnings);
    }

    private static Task<TrustedApi> BehindAsync(TestCertificateAuthority authority, ForwardedCertificateFormat format, bool cached = true) =>
        TrustedApi.StartAsync(authority.Certificate, cached: cached, enforcement: options => options.UseForwardedCertificate(forwarded =>
        {
            forwarded.Format = format;
            forwarded.TrustedProxies.Add("127.0.0.1");
        }));

    private static async Task<GuardedAnswer> SendAsync(TrustedApi api, ForwardedCertificateFormat format, X509Certificate2 certificate, params X509Certificate2[] others)
    {
        using var client = api.Api.Client(certificate: null);
        return await api.Api.SendAsync(client, api.Api.Issuer.BoundTo(certificate), request =>
        {
            foreach (var (name, value) in ForwardedText.Fields(format, certificate, others))
            {
                Assert.True(request.Headers.TryAddWithoutValidation(name, value));
            }
        });
    }

    private static async Task<HttpStatusCode> StatusAsync(TrustedApi api, string path, X509Certificate2 certificate, string? token)
    {
        using var client = api.Api.Client(certificate);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = token is null ? null : new("Bearer", token);
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
