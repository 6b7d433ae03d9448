using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests.Forwarding;

/// <summary>ASP.NET Core's own forwarding believes its field from anybody. Bindings ignore it, and whoever set it up is told.</summary>
public sealed class ReplacedCertificateTests
{
    private const string Replaced = "Something in the pipeline (UseCertificateForwarding?) replaces the certificate of the connection. Bindings ignore it. Use UseForwardedCertificate, and remove it.";
    private const string Added = "AddCertificateForwarding was called: UseCertificateForwarding believes its header from any sender. Bindings ignore it. Use UseForwardedCertificate, and remove it.";

    // AC-072, in connection mode: a thief with the public certificate, before and behind authentication.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Requirement("AC-072")]
    public async Task UseCertificateForwarding_InConnectionMode_HasNoEffectAndIsTold(bool behindAuthentication)
    {
        await using var api = await StartAsync(_ => { }, behindAuthentication);
        Assert.Equal([Added], await WarningsAsync(api));
        var stolen = Forwarded.Token(Forwarded.Stranger, Api.A.Base64());

        await api.RefusesAsync("/", stolen, BindingFailure.CertificateMissing);
        await api.RefusesAsync("/", stolen + (context => context.Connection.ClientCertificate = Api.B), BindingFailure.CertificateMismatch);
        await api.AdmitsAsync("/", TestRequests.Proven + TestRequests.WithHeader(Forwarded.Field, Api.B.Base64()), "alice");

        // Behind authentication, where nobody who is refused arrives, nobody is there to be deceived.
        Assert.Equal(behindAuthentication ? 0 : 1, api.Logs.Records.Count(log => log.EventId.Id == 204));
        Assert.Equal([behindAuthentication ? Added : Replaced], await WarningsAsync(api));
    }

    // AC-072, in header mode: the one field is believed from the proxy, whatever the framework makes of it.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Requirement("AC-072")]
    public async Task UseCertificateForwarding_InHeaderMode_HasNoEffectAndIsTold(bool behindAuthentication)
    {
        await using var api = await StartAsync(Forwarded.From(more: forwarded => forwarded.Header = "X-Own"), behindAuthentication);

        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy, Api.A.Base64()), BindingFailure.CertificateMissing);
        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Stranger, Api.A.Base64()), BindingFailure.CertificateMissing);
        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy, Api.A.Base64()) + TestRequests.WithHeader("X-Own", Api.B.Base64()), BindingFailure.CertificateMismatch);
        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, Api.B.Base64()) + TestRequests.WithHeader("X-Own", Api.A.Base64()));

        Assert.Equal(behindAuthentication ? 0 : 1, api.Logs.Records.Count(log => log.EventId.Id == 204));
    }

    // Only Use, without Add: the pipeline does not show itself until it has done it.
    [Fact]
    public async Task UseCertificateForwarding_WithItsDefaults_IsToldOnceItWasSeen()
    {
        await using var api = await Api.StartAsync([Api.Guarded()], (api, app) =>
        {
            app.UseCertificateForwarding();
            app.AuthenticateNow();
            api.MapProtected(app);
        });
        Assert.Empty(await WarningsAsync(api));
        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Stranger), BindingFailure.CertificateMissing);
        Assert.Empty(await WarningsAsync(api));

        for (var i = 0; i < 3; i++)
        {
            await api.RefusesAsync("/", Forwarded.Token(Forwarded.Stranger, Api.A.Base64(), new CertificateForwardingOptions().CertificateHeader), BindingFailure.CertificateMissing);
        }

        Assert.Single(api.Logs.Records, log => log.EventId.Id == 204 && log.EventId.Name == "CertificateReplaced");
        Assert.Equal([Replaced], await WarningsAsync(api));
    }

    // The framework's field says the same as ours: nothing is replaced by anything.
    [Fact]
    public async Task UseCertificateForwarding_OfTheSameCertificate_IsNotSaidToReplaceIt()
    {
        await using var api = await StartAsync(Forwarded.From(), behindAuthentication: false);

        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy, Api.B.Base64()), BindingFailure.CertificateMismatch);

        Assert.DoesNotContain(api.Logs.Records, log => log.EventId.Id == 204);
    }

    // Where TLS is not Kestrel's own, the proxy's certificate stands where the client's would.
    [Fact]
    public async Task ProxyCertificate_NobodyReplacedIt_IsNotSaidToBeReplaced()
    {
        await using var api = await Api.StartAsync([Api.Guarded(enforcement: Forwarded.From())], (api, app) =>
        {
            app.Use((HttpContext context, RequestDelegate next) =>
            {
                if (context.Request.Headers.ContainsKey("X-Replace"))
                {
                    context.Connection.ClientCertificate = Api.A;
                }

                return next(context);
            });
            app.AuthenticateNow();
            api.MapProtected(app);
        });
        using var own = TestSupport.TestCertificates.SelfSigned("proxy");
        var fromProxy = Forwarded.Token(Forwarded.Proxy) + (context => context.Connection.ClientCertificate = own);

        await api.RefusesAsync("/", fromProxy, BindingFailure.CertificateMissing);
        await api.RefusesAsync("/", fromProxy + TestRequests.WithHeader(Forwarded.Field, Api.B.Base64()), BindingFailure.CertificateMismatch);
        Assert.DoesNotContain(api.Logs.Records, log => log.EventId.Id == 204);
        Assert.Empty(await WarningsAsync(api));

        await api.RefusesAsync("/", fromProxy + TestRequests.WithHeader("X-Replace", "1"), BindingFailure.CertificateMissing);
        Assert.Single(api.Logs.Records, log => log.EventId.Id == 204);
        Assert.Equal([Replaced], await WarningsAsync(api));
    }

    // A converter of the application that fails is not our failure.
    [Fact]
    public async Task UseCertificateForwarding_ConverterThrows_IsRefusedAllTheSame()
    {
        await using var api = await StartAsync(
            _ => { }, behindAuthentication: false, options => options.HeaderConverter = _ => throw new InvalidTimeZoneException("nothing to do with certificates"));

        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Stranger, Api.A.Base64()), BindingFailure.CertificateMissing);
    }

    private static async Task<IEnumerable<string>> WarningsAsync(Api api) => (await Audit.Audited.OfAsync(api.Application.Services)).Warnings;

    private static Task<Api> StartAsync(
        Action<BoundTokenEnforcementOptions> enforcement, bool behindAuthentication, Action<CertificateForwardingOptions>? forwarding = null) => Api.StartAsync(
        [
            Api.Guarded(enforcement: enforcement),
            builder => builder.Services.AddCertificateForwarding(options =>
            {
                options.CertificateHeader = Forwarded.Field;
                forwarding?.Invoke(options);
            }),
        ],
        (api, app) =>
        {
            if (!behindAuthentication)
            {
                app.UseCertificateForwarding();
            }

            app.AuthenticateNow();
            if (behindAuthentication)
            {
                app.UseCertificateForwarding();
            }

            api.MapProtected(app);
        });
}
