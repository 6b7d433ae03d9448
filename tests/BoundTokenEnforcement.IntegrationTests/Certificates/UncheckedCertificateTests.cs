using System.Net;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>A certificate that nobody but the library asked for looks to the application like one that TLS had checked. So it sees none.</summary>
public sealed class UncheckedCertificateTests
{
    private const string Write = "X-Write";

    public static TheoryData<string> Versions => ["1.1", "2.0"];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Connection_OnlyWeAsked_ShowsNone(string version)
    {
        await using var api = await StartAsync();

        Assert.Equal($"none none {TestCertificates.Thumbprint(api.A)}", await SeenAsync(api, version));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Connection_ApplicationAskedByItsListener_ShowsIt(string version)
    {
        await using var api = await StartAsync(https => https.RequestClientCertificate());

        await ShowsItAsync(api, version);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Connection_ApplicationConfiguredAMode_ShowsIt(string version)
    {
        await using var api = await StartAsync(https =>
        {
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            https.ClientCertificateValidation = static (_, _, _) => true;
        });

        await ShowsItAsync(api, version);
    }

    // The scheme that is named is the application's check, and needs what it checks.
    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Connection_CertificateSchemeIsNamed_ShowsIt(string version)
    {
        await using var api = await StartAsync(options: options =>
        {
            options.CertificateAuthenticationScheme = "Believing";
            options.ExemptScheme("Believing", reason: "it accepts certificates");
        });

        await ShowsItAsync(api, version);
    }

    // Certificate forwarding is such a writer.
    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Connection_WrittenByOneRequest_IsEmptyInTheNext(string version)
    {
        await using var api = await StartAsync();
        using var client = Client(api, version);
        var thumbprint = TestCertificates.Thumbprint(api.A);

        Assert.Equal($"{TestCertificates.Thumbprint(api.B)} {TestCertificates.Thumbprint(api.B)} {thumbprint}", await SeenAsync(api, client, write: true));
        Assert.Equal($"none none {thumbprint}", await SeenAsync(api, client, write: false));
    }

    private static async Task ShowsItAsync(GuardedApi api, string version)
    {
        var thumbprint = TestCertificates.Thumbprint(api.A);
        Assert.Equal($"{thumbprint} {thumbprint} {thumbprint}", await SeenAsync(api, version));
    }

    private static async Task<string> SeenAsync(GuardedApi api, string version)
    {
        using var client = Client(api, version);
        return await SeenAsync(api, client, write: false);
    }

    private static HttpClient Client(GuardedApi api, string version) =>
        api.Host.CreateClient(new TlsClientOptions { Certificate = api.A, AllowTlsResume = false }, Version.Parse(version));

    private static async Task<string> SeenAsync(GuardedApi api, HttpClient client, bool write) =>
        (await api.SendAsync(client, api.Issuer.BoundTo(api.A), request =>
        {
            request.RequestUri = new Uri("/seen", UriKind.Relative);
            if (write)
            {
                request.Headers.Add(Write, "1");
            }
        })).AssertIn().Body;

    private static Task<GuardedApi> StartAsync(Action<HttpsConnectionAdapterOptions>? https = null, Action<BoundTokenEnforcementOptions>? options = null) =>
        GuardedApi.StartAsync(new GuardedSetup
        {
            Before = (builder, _) =>
            {
                if (options is not null)
                {
                    builder.Services.AddAuthentication().AddScheme<Microsoft.AspNetCore.Authentication.AuthenticationSchemeOptions, BelievingHandler>("Believing", null);
                }
            },
            Options = options ?? (static _ => { }),
            Map = (app, api) => app.MapGet("/seen", async (HttpContext context) =>
            {
                api.Enter(context);
                if (context.Request.Headers.ContainsKey(Write))
                {
                    context.Connection.ClientCertificate = api.B;
                }

                var now = Name(context.Connection.ClientCertificate);
                var later = Name(await context.Connection.GetClientCertificateAsync(context.RequestAborted));
                return $"{now} {later} {context.Features.Get<IBoundTokenFeature>()?.Binding?.Thumbprint}";
            }).RequireAuthorization(),
            Listen = https is null ? null : (kestrel, certificate) => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(certificate, https)),
        });

    private static string Name(X509Certificate2? certificate) => certificate is null ? "none" : TestCertificates.Thumbprint(certificate);
}
