using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>The application's own opinion about certificates, besides the binding.</summary>
public sealed class CertificateSchemeTests
{
    private const string Scheme = "Authority";
    private const string Replace = "X-Replace";

    [Fact]
    public async Task Scheme_AcceptsTheCertificate_In()
    {
        using var authority = new TestCertificateAuthority();
        using var leaf = authority.IssueClient("alice");
        await using var api = await StartAsync(authority, leaf, Scheme);

        (await api.SendAsync(leaf, api.Issuer.BoundTo(leaf))).AssertIn();
        Assert.Empty(api.Refusals);
    }

    [Fact]
    public async Task Scheme_RefusesTheCertificate_RefusedThoughTheBindingHolds()
    {
        using var authority = new TestCertificateAuthority();
        using var leaf = authority.IssueClient("alice");
        await using var api = await StartAsync(authority, leaf, Scheme);

        (await api.SendAsync(api.A, api.Issuer.BoundTo(api.A))).AssertRefused();
        Assert.Equal([BindingFailure.CertificateUntrusted], api.Refusals);
    }

    [Fact]
    public async Task Scheme_AcceptsTheCertificate_IsNoBinding()
    {
        using var authority = new TestCertificateAuthority();
        using var leaf = authority.IssueClient("alice");
        await using var api = await StartAsync(authority, leaf, Scheme);

        (await api.SendAsync(leaf, api.Issuer.BoundTo(api.A))).AssertRefused();
        (await api.SendAsync((X509Certificate2?)null, api.Issuer.BoundTo(leaf))).AssertRefused();
    }

    [Fact]
    public async Task Middleware_PutATrustedCertificateInPlace_Refused()
    {
        using var authority = new TestCertificateAuthority();
        using var leaf = authority.IssueClient("alice");
        await using var api = await StartAsync(authority, leaf, Scheme);
        using var client = api.Client(api.A);

        // The scheme would accept the one that it sees; the binding holds for the one that was proven.
        (await api.SendAsync(client, api.Issuer.BoundTo(api.A), r => r.Headers.Add(Replace, "1"))).AssertRefused();
        (await api.SendAsync(client, api.Issuer.BoundTo(leaf), r => r.Headers.Add(Replace, "1"))).AssertRefused();
        // What was put in place stays for the connection.
        (await api.SendAsync(client, api.Issuer.BoundTo(api.A))).AssertRefused();
        (await api.SendAsync(client, api.Issuer.BoundTo(leaf))).AssertRefused();
    }

    [Fact]
    public async Task Middleware_PutACertificateInPlaceNoScheme_TheProvenOneCounts()
    {
        using var authority = new TestCertificateAuthority();
        using var leaf = authority.IssueClient("alice");
        await using var api = await StartAsync(authority, leaf, scheme: null);
        using var client = api.Client(api.A);
        using var without = api.Client(certificate: null);

        foreach (var sender in new[] { client, without })
        {
            (await api.SendAsync(sender, api.Issuer.BoundTo(leaf), r => r.Headers.Add(Replace, "1"))).AssertRefused();
            (await api.SendAsync(sender, api.Issuer.BoundTo(leaf))).AssertRefused();
        }

        (await api.SendAsync(client, api.Issuer.BoundTo(api.A))).AssertIn();
    }

    [Fact]
    public async Task Scheme_Throws_NobodyIsIn()
    {
        using var authority = new TestCertificateAuthority();
        using var leaf = authority.IssueClient("alice");
        await using var api = await StartAsync(authority, leaf, Scheme, throws: true);

        (await api.SendAsync(leaf, api.Issuer.BoundTo(leaf))).AssertRejected(500);
    }

    [Fact]
    public async Task Scheme_DoesNotExist_NobodyIsIn()
    {
        using var authority = new TestCertificateAuthority();
        using var leaf = authority.IssueClient("alice");
        await using var api = await StartAsync(authority, leaf, "misspelled");

        (await api.SendAsync(leaf, api.Issuer.BoundTo(leaf))).AssertRefused();
    }

    private static Task<GuardedApi> StartAsync(TestCertificateAuthority authority, X509Certificate2 leaf, string? scheme, bool throws = false) =>
        GuardedApi.StartAsync(new GuardedSetup
        {
            Options = options =>
            {
                options.Audit = AuditFailureBehavior.Log;
                options.CertificateAuthenticationScheme = scheme;
            },
            Before = (builder, _) => builder.Services.AddAuthentication().AddScheme<AuthorityHandler.Settings, AuthorityHandler>(Scheme, settings =>
            {
                settings.Authority = authority.Certificate;
                settings.Throws = throws;
            }),
            Map = (app, _) => app.Use((HttpContext context, RequestDelegate next) =>
            {
                if (context.Request.Headers.ContainsKey(Replace))
                {
                    context.Connection.ClientCertificate = leaf;
                }

                return next(context);
            }),
        });
}
