using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BoundTokenEnforcement.AspNetCore.Tests.Forwarding;

/// <summary>AC-070: the proxy passes what it did not check; the application's own certificate scheme judges it.</summary>
[Requirement("AC-070")]
public sealed class ForwardedCertificateSchemeTests
{
    private const string Certificates = "certificates";
    private const string AskFirst = "X-Ask-First";

    [Fact]
    public async Task Scheme_JudgesTheForwardedCertificate_AndNoOther()
    {
        await using var api = await StartAsync(accepts: Api.A);
        var boundToB = TestRequests.With($"Bearer {Api.Issuer.BoundTo(Api.B)}");

        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, Api.A.Base64()));
        // The binding holds, the scheme does not accept; whatever the proxy itself shows.
        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy, Api.B.Base64()) + boundToB, BindingFailure.CertificateUntrusted);
        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy, Api.B.Base64()) + boundToB + Own(Api.A), BindingFailure.CertificateUntrusted);
        // The scheme accepts, the binding does not hold.
        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy, Api.A.Base64()) + boundToB, BindingFailure.CertificateMismatch);
        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy) + Own(Api.A), BindingFailure.CertificateMissing);
        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, Api.A.Base64()) + Own(Api.B));
    }

    // A handler answers once for all in one request: here about the proxy's own certificate.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Scheme_AskedBeforeAboutAnotherCertificate_IsAskedAnew(bool fromContainer)
    {
        await using var api = await StartAsync(accepts: Api.A, fromContainer ? null : services => services.RemoveAll<AnyTokenHandler>());
        var askFirst = TestRequests.WithHeader(AskFirst, "1");

        await api.RefusesAsync(
            "/",
            Forwarded.Token(Forwarded.Proxy, Api.B.Base64()) + TestRequests.With($"Bearer {Api.Issuer.BoundTo(Api.B)}") + Own(Api.A) + askFirst,
            BindingFailure.CertificateUntrusted);
        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, Api.A.Base64()) + Own(Api.B) + askFirst);
    }

    // There is no asking such a handler anew: nobody is let in on what it said of another certificate.
    [Theory]
    [InlineData(ServiceLifetime.Scoped)]
    [InlineData(ServiceLifetime.Singleton)]
    public async Task Scheme_WhoseHandlerIsKept_LetsNobodyIn(ServiceLifetime lifetime)
    {
        await using var api = await StartAsync(
            accepts: Api.A, services => services.Add(new ServiceDescriptor(typeof(AnyTokenHandler), typeof(AnyTokenHandler), lifetime)));

        await api.RefusesAsync(
            "/",
            Forwarded.Token(Forwarded.Proxy, Api.B.Base64()) + TestRequests.With($"Bearer {Api.Issuer.BoundTo(Api.B)}") + Own(Api.A) + TestRequests.WithHeader(AskFirst, "1"),
            BindingFailure.CertificateUntrusted);
        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy, Api.A.Base64()), BindingFailure.CertificateUntrusted);
    }

    // What the application saw before, it sees afterwards, whether the scheme accepts, refuses or throws.
    [Theory]
    [InlineData("accepts")]
    [InlineData("refuses")]
    [InlineData("throws")]
    public async Task ConnectionFeature_AfterTheScheme_IsTheOneFromBefore(string how)
    {
        ITlsConnectionFeature? before = null;
        ITlsConnectionFeature? after = null;
        X509Certificate2? certificateAfter = null;
        await using var api = await StartAsync(
            Api.A,
            map: app => app.Use(async (HttpContext context, RequestDelegate next) =>
            {
                before = context.Features.Get<ITlsConnectionFeature>();
                try
                {
                    await next(context);
                }
                catch (InvalidTimeZoneException)
                {
                    context.Response.StatusCode = 500;
                }

                after = context.Features.Get<ITlsConnectionFeature>();
                certificateAfter = context.Connection.ClientCertificate;
            }));
        using var proxys = TestSupport.TestCertificates.SelfSigned("proxy");

        var answer = await api.SendAsync("/", Forwarded.Token(Forwarded.Proxy, Api.A.Base64()) + Own(proxys) + TestRequests.WithHeader("X-How", how));

        Assert.Equal(how switch { "accepts" => 200, "refuses" => 401, _ => 500 }, answer.Status);
        Assert.NotNull(before);
        Assert.Same(before, after);
        Assert.Same(proxys, certificateAfter);
    }

    // The same where there was none.
    [Fact]
    public async Task ConnectionFeature_NoneBefore_NoneAfterwards()
    {
        ITlsConnectionFeature? after = new SubstituteTlsConnectionFeature();
        await using var api = await StartAsync(
            Api.A,
            map: app => app.Use(async (HttpContext context, RequestDelegate next) =>
            {
                await next(context);
                after = context.Features.Get<ITlsConnectionFeature>();
            }));

        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, Api.A.Base64()));

        Assert.Null(after);
    }

    // Somebody changed the field between the start of the request and now.
    [Fact]
    public async Task Field_ChangedBeforeTheScheme_IsNotJudgedInPlaceOfTheOther()
    {
        await using var api = await StartAsync(
            Api.A,
            map: app => app.Use((HttpContext context, RequestDelegate next) =>
            {
                if (context.Request.Headers["X-Change"] is [{ } value])
                {
                    context.Request.Headers[Forwarded.Field] = value;
                }

                return next(context);
            }));
        var boundToB = TestRequests.With($"Bearer {Api.Issuer.BoundTo(Api.B)}");

        foreach (var value in new[] { Api.A.Base64(), "nonsense", "" })
        {
            await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy, Api.B.Base64()) + boundToB + TestRequests.WithHeader("X-Change", value), BindingFailure.CertificateUntrusted);
        }

        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy, Api.A.Base64()) + TestRequests.WithHeader("X-Change", Api.B.Base64()), BindingFailure.CertificateUntrusted);
        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, Api.A.Base64()));
    }

    private static Action<HttpContext> Own(X509Certificate2 certificate) => context => context.Connection.ClientCertificate = certificate;

    private static Task<Api> StartAsync(X509Certificate2 accepts, Action<IServiceCollection>? register = null, Action<WebApplication>? map = null) => Api.StartAsync(
        [
            builder =>
            {
                builder.Services.AddAuthentication("Bearer").AddScheme<AnyTokenOptions, AnyTokenHandler>(Certificates, options => options.Subject = request =>
                    request.Headers["X-How"].ToString() switch
                    {
                        "refuses" => null,
                        "throws" => throw new InvalidTimeZoneException("nothing to do with certificates"),
                        _ => request.HttpContext.Connection.ClientCertificate is { } shown && shown.RawDataMemory.Span.SequenceEqual(accepts.RawDataMemory.Span) ? "known" : null,
                    });
                register?.Invoke(builder.Services);
            },
            Api.Guarded(enforcement: Forwarded.From() + (options =>
            {
                options.ExemptScheme(Certificates, reason: "it accepts certificates");
                options.CertificateAuthenticationScheme = Certificates;
            })),
        ],
        (api, app) =>
        {
            app.Use(async (HttpContext context, RequestDelegate next) =>
            {
                if (context.Request.Headers.ContainsKey(AskFirst))
                {
                    var first = await context.AuthenticateAsync(Certificates);
                    Assert.Equal(accepts.Equals(context.Connection.ClientCertificate), first.Succeeded);
                }

                await next(context);
            });
            map?.Invoke(app);
            app.AuthenticateNow();
            api.MapProtected(app);
        });
}
