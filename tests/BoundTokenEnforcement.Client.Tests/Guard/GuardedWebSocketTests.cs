using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.Client.Tests.Guard;

/// <summary>WebSockets and SignalR over the guard: the connection is the guard's, with the certificate, the evidence and the address rule.</summary>
public sealed class GuardedWebSocketTests : IAsyncDisposable
{
    private readonly ConcurrentQueue<SeenRequest> _seen = new();
    private TlsApiHost? _host;
    private ServiceProvider? _services;

    public static TheoryData<HttpTransportType> Transports => [HttpTransportType.WebSockets, HttpTransportType.ServerSentEvents, HttpTransportType.LongPolling];

    private string Resource => $"https://localhost:{_host!.Port}/api";

    private IHttpMessageHandlerFactory Handlers => _services!.GetRequiredService<IHttpMessageHandlerFactory>();

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task SignalR_ServerRequestsTheCertificate_CallsArriveWithIt(HttpTransportType transport)
    {
        await StartAsync(ClientCertificateMode.AllowCertificate);
        await using var connection = Connect(transport);

        await connection.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal("pong", await connection.InvokeAsync<string>("Ping", TestContext.Current.CancellationToken));

        Assert.NotEmpty(_seen);
        Assert.All(_seen, static seen => Assert.Equal(TestCertificates.Thumbprint(GuardFixture.Certificate), seen.Thumbprint));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task SignalR_ServerDoesNotRequestTheCertificate_NothingArrives(HttpTransportType transport)
    {
        await StartAsync(ClientCertificateMode.NoCertificate);
        await using var connection = Connect(transport);

        var thrown = await Record.ExceptionAsync(() => connection.StartAsync(TestContext.Current.CancellationToken));

        TokenBytes.Count(_seen.Sum(static seen => seen.Authorization?.Length ?? 0));
        Assert.NotNull(thrown);
        Assert.Empty(_seen);
    }

    // The transport that does not negotiate: the WebSocket is the first request of all.
    [Theory]
    [InlineData(ClientCertificateMode.AllowCertificate, true)]
    [InlineData(ClientCertificateMode.NoCertificate, false)]
    public async Task WebSocket_IsOpenedOverTheGuard(ClientCertificateMode mode, bool arrives)
    {
        await StartAsync(mode);
        using var socket = new ClientWebSocket();
        using var invoker = new HttpMessageInvoker(Handlers.CreateHandler(GuardFixture.Name), disposeHandler: false);

        var thrown = await Record.ExceptionAsync(() => socket.ConnectAsync(new Uri(Resource.Replace("https", "wss", StringComparison.Ordinal) + "/socket"), invoker, TestContext.Current.CancellationToken));

        Assert.Equal(arrives, thrown is null);
        Assert.Equal(arrives ? 1 : 0, _seen.Count);
        Assert.Equal(arrives ? WebSocketState.Open : WebSocketState.Closed, socket.State);
    }

    [Fact]
    public async Task WebSocket_OverHttp2_IsOpenedOverTheGuard()
    {
        await StartAsync(ClientCertificateMode.AllowCertificate);
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using var invoker = new HttpMessageInvoker(Handlers.CreateHandler(GuardFixture.Name), disposeHandler: false);

        await socket.ConnectAsync(new Uri(Resource.Replace("https", "wss", StringComparison.Ordinal) + "/socket"), invoker, TestContext.Current.CancellationToken);

        Assert.Equal("HTTP/2", Assert.Single(_seen).Path);
    }

    public async ValueTask DisposeAsync()
    {
        if (_services is not null)
        {
            await _services.DisposeAsync();
        }

        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }

    private HubConnection Connect(HttpTransportType transport) => new HubConnectionBuilder()
        .WithUrl($"{Resource}/hub", transport, options =>
        {
            options.HttpMessageHandlerFactory = _ => Handlers.CreateHandler(GuardFixture.Name);
            options.WebSocketFactory = async (context, cancellationToken) =>
            {
                var socket = new ClientWebSocket();
                using var invoker = new HttpMessageInvoker(Handlers.CreateHandler(GuardFixture.Name), disposeHandler: false);
                await socket.ConnectAsync(context.Uri, invoker, cancellationToken);
                return socket;
            };
        })
        .Build();

    private async Task StartAsync(ClientCertificateMode mode)
    {
        _host = await TlsApiHost.StartAsync(
            static builder => builder.Services.AddSignalR(),
            app =>
            {
                app.Use(ObserveAsync);
                app.UseWebSockets();
                app.MapHub<EchoHub>("/api/hub");
                app.Map("/api/socket", static async context =>
                {
                    using var socket = await context.WebSockets.AcceptWebSocketAsync();
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
                });
            },
            (kestrel, _) => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(https =>
            {
                https.ServerCertificate = Localhost.ServerCertificate;
                https.ClientCertificateMode = mode;
                https.ClientCertificateValidation = static (_, _, _) => true;
            })));
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddHttpClient(GuardFixture.Name)
            .AddHttpMessageHandler(static () => new BoundToken())
            .AddBoundTokenGuard(options =>
            {
                options.Resource = Resource;
                options.AllowLoopback = true;
                options.AllowedIssuers.Add(TestTokenIssuer.DefaultIssuer);
                options.ServerCertificateChainPolicy = Localhost.Trust();
                options.ClientCertificate = GuardFixture.Certificate;
            });
        _services = services.BuildServiceProvider();
    }

    private async Task ObserveAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.StartsWithSegments("/.well-known", StringComparison.Ordinal))
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(
                $$"""{ "resource": "{{Resource}}", "authorization_servers": ["{{TestTokenIssuer.DefaultIssuer}}"], {{GuardFixture.Supported}} }""");
            return;
        }

        var certificate = context.Connection.ClientCertificate;
        _seen.Enqueue(new SeenRequest(
            context.Request.Protocol,
            context.Request.Headers.Authorization,
            certificate is null ? null : TestCertificates.Thumbprint(certificate),
            new Dictionary<string, string>()));
        await next(context);
    }

    private sealed class BoundToken : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization = new("Bearer", GuardFixture.Tokens.BoundTo(GuardFixture.Certificate));
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class EchoHub : Hub
    {
        // SignalR calls methods by name, and only those of instances.
#pragma warning disable CA1822
        public string Ping() => "pong";
#pragma warning restore CA1822
    }
}
