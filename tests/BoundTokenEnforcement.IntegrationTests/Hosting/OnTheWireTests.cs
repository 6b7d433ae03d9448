using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.IntegrationTests;

public sealed class OnTheWireTests
{
    // A token that no signature check would survive holds 256 KiB of buffers and the request, until its sender deigns to send a body.
    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task TokenThatIsNone_IsRefusedWithoutWaitingForTheBody(string contentType)
    {
        await using var api = await GuardedApi.StartAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        var tls = new TlsClientOptions();
        await using var stream = new SslStream(await api.Host.ConnectAsync(patience.Token));
        await stream.AuthenticateAsClientAsync(tls.ToSslOptions(api.Host.ServerCertificate), patience.Token);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer x\r\nContent-Type: {contentType}\r\nTransfer-Encoding: chunked\r\n\r\n"),
            patience.Token);

        var buffer = new byte[4096];
        var read = 0;
        try
        {
            read = await stream.ReadAsync(buffer, patience.Token);
        }
        catch (OperationCanceledException)
        {
        }

        var answer = Encoding.ASCII.GetString(buffer, 0, read);
        Assert.True(answer.StartsWith("HTTP/1.1 401", StringComparison.Ordinal), $"no answer after 3 s; allocated meanwhile: {GC.GetTotalAllocatedBytes(precise: true) - before}; got '{answer}'");
    }

    // Kestrel starts no HTTP/3 listener with a handshake callback; asking for certificates needs one.
    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    public async Task Http3Listener_NoCertificatesAskedFor_HostStarts(bool? requestClientCertificates)
    {
        using var issuer = new TestTokenIssuer();
        await using var host = await TlsApiHost.StartAsync(
            builder =>
            {
                builder.Services.AddSingleton<IMultiplexedConnectionListenerFactory, NoQuic>();
                builder.Services.AddAuthentication().AddJwtBearer(issuer.Configure);
                if (requestClientCertificates is { } asks)
                {
                    builder.Services.AddBoundTokenEnforcement(o =>
                    {
                        o.Audit = AuditFailureBehavior.Log;
                        o.RequestClientCertificates = asks;
                    });
                }
            },
            app => app.MapGet("/", () => "in"),
            (options, certificate) => options.Listen(IPAddress.Loopback, 0, listener =>
            {
                listener.Protocols = HttpProtocols.Http3;
                listener.UseHttps(certificate);
            }));
    }

    // The session's default scheme is asked before the API's own, which would have got the certificate.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LateCertificate_BesideACookie_LetsIn(bool cookie)
    {
        await using var api = await GuardedApi.StartAsync(new GuardedSetup
        {
            Options = options => options.NegotiateDelayedCertificates = true,
            Before = (builder, _) => builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(),
            Map = (app, api) =>
            {
                app.MapGet("/in", (HttpContext context) => context.SignInAsync(new(new System.Security.Claims.ClaimsIdentity([new("sub", "carol")], "x"))));
                app.MapGet("/api", api.Enter).RequireAuthorization(p => p.RequireAuthenticatedUser().AddAuthenticationSchemes("Bearer"));
            },
            Listen = (options, certificate) => options.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(certificate, https =>
            {
                https.ClientCertificateMode = ClientCertificateMode.DelayCertificate;
                https.AllowAnyClientCertificate();
            })),
        });
        using var client = api.Client(new TlsClientOptions { Certificate = api.A, Protocols = SslProtocols.Tls12, AllowTlsResume = false });
        using var signedIn = await client.GetAsync("/in", TestContext.Current.CancellationToken);
        var session = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];

        (await api.SendAsync(client, api.Issuer.BoundTo(api.A), request =>
        {
            request.RequestUri = new Uri("/api", UriKind.Relative);
            if (cookie)
            {
                request.Headers.Add("Cookie", session);
            }
        })).AssertIn();
    }

    private sealed class NoQuic : IMultiplexedConnectionListenerFactory
    {
        public ValueTask<IMultiplexedConnectionListener> BindAsync(EndPoint endpoint, IFeatureCollection? features = null, CancellationToken cancellationToken = default) =>
            new(new Listener(endpoint));

        private sealed class Listener(EndPoint endpoint) : IMultiplexedConnectionListener
        {
            private readonly TaskCompletionSource _end = new();

            public EndPoint EndPoint => endpoint;

            public async ValueTask<MultiplexedConnectionContext?> AcceptAsync(IFeatureCollection? features = null, CancellationToken cancellationToken = default)
            {
                await _end.Task;
                return null;
            }

            public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
            {
                _end.TrySetResult();
                return ValueTask.CompletedTask;
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
