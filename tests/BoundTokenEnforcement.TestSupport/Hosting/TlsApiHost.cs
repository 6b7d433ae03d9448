using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement.TestSupport;

/// <summary>An application on Kestrel, real sockets and real TLS, on a free loopback port.</summary>
public sealed class TlsApiHost : IAsyncDisposable
{
    private readonly WebApplication _application;

    private TlsApiHost(WebApplication application, X509Certificate2 serverCertificate, LogCapture logs, MetricCapture metrics)
    {
        _application = application;
        ServerCertificate = serverCertificate;
        Logs = logs;
        Metrics = metrics;
        var addresses = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Port = new Uri(addresses.First()).Port;
        BaseAddress = new Uri($"https://localhost:{Port}");
    }

    /// <summary>The address clients use.</summary>
    public Uri BaseAddress { get; }

    /// <summary>The port on the IPv4 loopback address.</summary>
    public int Port { get; }

    /// <summary>The certificate the server shows.</summary>
    public X509Certificate2 ServerCertificate { get; }

    /// <summary>Everything logged since before the application was built.</summary>
    public LogCapture Logs { get; }

    /// <summary>Everything measured by meters named <c>BoundTokenEnforcement…</c>.</summary>
    public MetricCapture Metrics { get; }

    /// <summary>The application's services.</summary>
    public IServiceProvider Services => _application.Services;

    /// <summary>
    /// Starts an application. By default it listens on HTTPS for HTTP/1.1 and HTTP/2 and does <em>not</em> ask for client certificates:
    /// that is for <c>ConfigureHttpsDefaults</c>, set by the test or by the code under test.
    /// </summary>
    /// <param name="configure">Adds services and settings.</param>
    /// <param name="map">Adds middleware and endpoints.</param>
    /// <param name="listen">Replaces the listener; must bind to a free port (0).</param>
    public static async Task<TlsApiHost> StartAsync(
        Action<WebApplicationBuilder> configure,
        Action<WebApplication> map,
        Action<KestrelServerOptions, X509Certificate2>? listen = null)
    {
        ArgumentNullException.ThrowIfNull(configure);
        ArgumentNullException.ThrowIfNull(map);
        var certificate = TestCertificates.Server();
        var logs = new LogCapture();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production", ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(logs);
        configure(builder);
        // Last, so that what `configure` says about HTTPS defaults applies to this listener.
        builder.WebHost.ConfigureKestrel(options => (listen ?? Listen)(options, certificate));
        var application = builder.Build();
        var metrics = new MetricCapture(application.Services, "BoundTokenEnforcement");
        try
        {
            map(application);
            await application.StartAsync();
            return new TlsApiHost(application, certificate, logs, metrics);
        }
        catch
        {
            metrics.Dispose();
            await application.DisposeAsync();
            certificate.Dispose();
            throw;
        }
    }

    /// <summary>A client that trusts exactly this server, speaks exactly <paramref name="version"/>, and neither follows redirects nor keeps cookies.</summary>
    /// <param name="certificate">Shown when the server asks.</param>
    /// <param name="version">HTTP/1.1 if null.</param>
    /// <param name="protocols">TLS versions offered.</param>
    /// <param name="allowTlsResume">Whether sessions may be resumed.</param>
    public HttpClient CreateClient(
        X509Certificate2? certificate = null,
        Version? version = null,
        SslProtocols protocols = SslProtocols.None,
        bool allowTlsResume = true) =>
        CreateClient(new TlsClientOptions { Certificate = certificate, Protocols = protocols, AllowTlsResume = allowTlsResume }, version);

    /// <inheritdoc cref="CreateClient(X509Certificate2?, Version?, SslProtocols, bool)"/>
    public HttpClient CreateClient(TlsClientOptions options, Version? version = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new HttpClient(CreateHandler(options, version ?? HttpVersion.Version11))
        {
            // The handshake names the host of the request, whatever the TLS options say.
            BaseAddress = new Uri($"https://{options.TargetHost}:{Port}"),
        };
    }

    /// <summary>The same for other clients than <see cref="HttpClient"/>.</summary>
    public HttpMessageHandler CreateHandler(TlsClientOptions options, Version version) => new ExactVersion(CreateHandler(options), version);

    /// <summary>What is inside of <see cref="CreateClient(TlsClientOptions, Version?)"/>, for libraries that make their own clients.</summary>
    public SocketsHttpHandler CreateHandler(TlsClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            SslOptions = options.ToSslOptions(ServerCertificate),
            // "localhost" may be ::1 first; the server is on the IPv4 address alone.
            ConnectCallback = async (_, cancellationToken) => options.Transport(await ConnectAsync(options.Source, cancellationToken)),
        };
    }

    /// <summary>A new TCP connection to the server.</summary>
    public Task<NetworkStream> ConnectAsync(CancellationToken cancellationToken) => ConnectAsync(source: null, cancellationToken);

    /// <summary>The same from an address of one's choice.</summary>
    public async Task<NetworkStream> ConnectAsync(IPAddress? source, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (source is not null)
            {
                socket.Bind(new IPEndPoint(source, 0));
            }

            await socket.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Stops the server: it takes no new connections, and lets the requests that run come to their end until <paramref name="cancellationToken"/>.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _application.StopAsync(cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        using var noWaiting = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _application.StopAsync(noWaiting.Token);
        await _application.DisposeAsync();
        Metrics.Dispose();
        ServerCertificate.Dispose();
    }

    private static void Listen(KestrelServerOptions options, X509Certificate2 certificate) =>
        options.Listen(IPAddress.Loopback, 0, listener =>
        {
            listener.Protocols = HttpProtocols.Http1AndHttp2;
            listener.UseHttps(certificate);
        });

    // HttpClient.DefaultRequestVersion does not apply to SendAsync.
    private sealed class ExactVersion(HttpMessageHandler inner, Version version) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Version = version;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
