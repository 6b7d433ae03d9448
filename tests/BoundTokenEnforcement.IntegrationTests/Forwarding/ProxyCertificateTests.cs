using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.IntegrationTests.Forwarding;

/// <summary>Proxies that are known by their own certificate, and the application's opinion about the clients'.</summary>
public sealed class ProxyCertificateTests
{
    private const string Scheme = "Authority";
    private const string AskFirst = "X-Ask-First";

    // AC-069: an attacker inside of the network, with a valid certificate of the same authority.
    [Theory]
    [InlineData("1.1", false)]
    [InlineData("2.0", false)]
    [InlineData("1.1", true)]
    [Requirement("AC-069")]
    public async Task Proxy_KnownByItsCertificate_NobodyElseIsBelieved(string version, bool validated)
    {
        using var authority = new TestCertificateAuthority();
        using var proxys = authority.IssueClient("proxy");
        using var others = authority.IssueClient("orders");
        using var renewed = authority.RenewWithSameKey(proxys);
        await using var api = await GuardedApi.StartAsync(new GuardedSetup
        {
            Options = Proxied.Trusting(forwarded => forwarded.TrustedProxyThumbprints.Add(TestCertificates.Thumbprint(proxys))),
            Before = (builder, _) =>
            {
                if (validated)
                {
                    builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https =>
                    {
                        https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                        https.ClientCertificateValidation = (certificate, _, _) => certificate.Issuer == authority.Certificate.Subject;
                    }));
                }
            },
        });
        using var proxy = api.From(source: null, Version.Parse(version), proxys);
        using var neighbour = api.From(source: null, Version.Parse(version), others);
        using var successor = api.From(source: null, Version.Parse(version), renewed);
        using var nobody = api.From(source: null, Version.Parse(version));

        for (var i = 0; i < 2; i++)
        {
            await api.BelievesAsync(proxy);
            await api.BelievesNothingAsync(neighbour);
            await api.BelievesNothingAsync(nobody);
        }

        await api.BelievesNothingAsync(successor);
        if (!validated)
        {
            // The owner himself, past the proxy: his own certificate is no proof here.
            using var owner = api.From(source: null, Version.Parse(version), api.A);
            await api.BelievesNothingAsync(owner);
        }
    }

    // AC-069: with both rules, both must hold.
    [Fact]
    [Requirement("AC-069")]
    public async Task Proxy_KnownByCertificateAndAddress_NeitherIsEnough()
    {
        Proxied.SkipUnlessEveryLoopbackAddressIsOnesOwn();
        using var proxys = TestCertificates.SelfSigned("proxy");
        await using var guarded = await GuardedApi.StartAsync(new GuardedSetup
        {
            Options = Proxied.Trusting("127.0.0.2") + Proxied.Trusting(forwarded => forwarded.TrustedProxyThumbprints.Add(TestCertificates.Thumbprint(proxys))),
        });
        using var proxy = guarded.From(Proxied.Proxy, certificate: proxys);
        using var sameAddress = guarded.From(Proxied.Proxy, certificate: guarded.B);
        using var sameAddressNone = guarded.From(Proxied.Proxy);
        using var sameCertificate = guarded.From(Proxied.Stranger, certificate: proxys);

        await guarded.BelievesAsync(proxy);
        await guarded.BelievesNothingAsync(sameAddress);
        await guarded.BelievesNothingAsync(sameAddressNone);
        await guarded.BelievesNothingAsync(sameCertificate);
    }

    // A resumed session keeps the certificate of the full handshake, and so does trust.
    [Fact]
    public async Task Proxy_OnAResumedSession_IsTheSameOne()
    {
        using var proxys = TestCertificates.SelfSigned("proxy");
        await using var api = await GuardedApi.StartAsync(new GuardedSetup
        {
            Options = Proxied.Trusting(forwarded => forwarded.TrustedProxyThumbprints.Add(TestCertificates.Thumbprint(proxys))),
        });

        foreach (var (own, believed) in new[] { (proxys, true), (null, false), (api.B, false), (proxys, true) })
        {
            for (var i = 0; i < 2; i++)
            {
                using var client = api.Host.CreateClient(own, allowTlsResume: true);
                await (believed ? api.BelievesAsync(client) : api.BelievesNothingAsync(client));
            }
        }
    }

    // The application does not see the proxy's certificate as the client's where only we asked for it.
    [Fact]
    public async Task Application_SeesNoCertificateThatOnlyWeAskedFor()
    {
        X509Certificate2? seen = TestCertificates.SelfSigned("anybody");
        using var proxys = TestCertificates.SelfSigned("proxy");
        await using var api = await GuardedApi.StartAsync(new GuardedSetup
        {
            Options = Proxied.Trusting(forwarded => forwarded.TrustedProxyThumbprints.Add(TestCertificates.Thumbprint(proxys))),
            Map = (app, _) => app.Use((HttpContext context, RequestDelegate next) =>
            {
                seen = context.Connection.ClientCertificate;
                return next(context);
            }),
        });
        using var proxy = api.From(source: null, certificate: proxys);

        (await api.SendAsync(proxy, Proxied.With(api.A))).AssertIn();

        Assert.Null(seen);
    }

    // AC-070: the proxy passes what it did not check (optional_no_ca).
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    [Requirement("AC-070")]
    public async Task CertificateScheme_OfTheApplication_JudgesTheForwardedCertificate(string version)
    {
        Proxied.SkipUnlessEveryLoopbackAddressIsOnesOwn();
        using var authority = new TestCertificateAuthority();
        using var leaf = authority.IssueClient("alice");
        await using var api = await StartAsync(authority);
        using var proxy = api.From(Proxied.Proxy, Version.Parse(version));
        // The proxy's own certificate is of that authority.
        using var withOwn = api.From(Proxied.Proxy, Version.Parse(version), leaf);
        using var ask = api.From(Proxied.Proxy, Version.Parse(version), leaf);
        ask.DefaultRequestHeaders.Add(AskFirst, "1");

        foreach (var client in new[] { proxy, withOwn, ask })
        {
            (await api.SendAsync(client, api.Issuer.BoundTo(leaf), Proxied.With(leaf))).AssertIn();
            // Bound and proven, but of nobody's authority.
            (await api.SendAsync(client, Proxied.With(api.A))).AssertRefused();
            // Of the authority, but not what the token is bound to.
            (await api.SendAsync(client, Proxied.With(leaf))).AssertRefused();
            (await api.SendAsync(client, api.Issuer.BoundTo(leaf))).AssertRefused();
        }

        Assert.Equal(3, api.Refusals.Count(failure => failure == BindingFailure.CertificateUntrusted));
    }

    // AC-072: the framework's forwarding, before and behind authentication.
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [Requirement("AC-072")]
    public async Task FrameworksForwarding_IsNoProof(bool headerMode, bool behindAuthentication)
    {
        Proxied.SkipUnlessEveryLoopbackAddressIsOnesOwn();
        const string field = "X-ARR-ClientCert";
        await using var api = await GuardedApi.StartAsync(new GuardedSetup
        {
            Options = headerMode ? Proxied.Trusting("127.0.0.2") : _ => { },
            Before = (builder, _) => builder.Services.AddCertificateForwarding(options => options.CertificateHeader = field),
            Map = (app, _) =>
            {
                if (!behindAuthentication)
                {
                    app.UseCertificateForwarding();
                }

                app.UseAuthentication().UseAuthorization();
                if (behindAuthentication)
                {
                    app.UseCertificateForwarding();
                }
            },
        });
        using var proxy = api.From(Proxied.Proxy);
        using var stranger = api.From(Proxied.Stranger, certificate: api.B);
        using var owner = api.From(source: null, certificate: api.A);

        (await api.SendAsync(proxy, Proxied.With(api.A, field))).AssertRefused();
        (await api.SendAsync(stranger, Proxied.With(api.A, field))).AssertRefused();
        (await api.SendAsync(headerMode ? proxy : owner, Proxied.With(api.A) + Proxied.With(api.B, field))).AssertIn();
        Assert.Equal(behindAuthentication ? 0 : 1, api.Host.Logs.Records.Count(log => log.EventId.Id == 204));
    }

    private static Task<GuardedApi> StartAsync(TestCertificateAuthority authority) => GuardedApi.StartAsync(new GuardedSetup
    {
        Options = Proxied.Trusting("127.0.0.2") + (options =>
        {
            options.CertificateAuthenticationScheme = Scheme;
            options.ExemptScheme(Scheme, reason: "it accepts certificates");
        }),
        Before = (builder, _) =>
        {
            builder.Services.AddAuthentication().AddScheme<AuthorityHandler.Settings, AuthorityHandler>(Scheme, settings => settings.Authority = authority.Certificate);
            // The application asks for certificates itself, and so sees the proxy's.
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https => https.RequestClientCertificate()));
        },
        Map = (app, _) =>
        {
            app.Use(async (HttpContext context, RequestDelegate next) =>
            {
                var before = context.Connection.ClientCertificate;
                if (context.Request.Headers.ContainsKey(AskFirst))
                {
                    Assert.True((await context.AuthenticateAsync(Scheme)).Succeeded);
                }

                await next(context);
                Assert.Same(before, context.Connection.ClientCertificate);
            });
            app.UseAuthentication().UseAuthorization();
        },
    });
}
