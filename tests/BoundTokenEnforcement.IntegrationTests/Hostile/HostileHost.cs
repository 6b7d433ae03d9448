using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Security.Claims;
using System.Text;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>A resource server that rows of the catalogue are sent to, and that tells who got in.</summary>
public sealed class HostileHost : IAsyncDisposable
{
    private const string RowHeader = "X-Row";
    private const int Attempts = 4;

    // Sessions are remembered by name, for the whole process; other hosts must not get in between.
    private readonly string _name = $"{Guid.NewGuid():N}.test";
    private readonly ConcurrentDictionary<string, ConcurrentQueue<string?>> _entered;
    private readonly TlsApiHost _host;

    private HostileHost(HostileContext context, TlsApiHost host, ConcurrentDictionary<string, ConcurrentQueue<string?>> entered)
    {
        Context = context;
        _host = host;
        _entered = entered;
    }

    /// <summary>What the rows are made from.</summary>
    public HostileContext Context { get; }

    /// <summary>Everything the server logged.</summary>
    public LogCapture Logs => _host.Logs;

    /// <summary>Everything the server measured.</summary>
    public MetricCapture Metrics => _host.Metrics;

    /// <summary>Starts a server with one JwtBearer scheme that trusts the context's issuer; <paramref name="guard"/> adds what is under test.</summary>
    public static async Task<HostileHost> StartAsync(Action<WebApplicationBuilder> guard)
    {
        var context = new HostileContext();
        var entered = new ConcurrentDictionary<string, ConcurrentQueue<string?>>(StringComparer.Ordinal);
        var host = await TlsApiHost.StartAsync(
            builder =>
            {
                builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme)
                    .AddJwtBearer(o =>
                    {
                        context.Configure(o);
                        o.MapInboundClaims = false;
                    })
                    .AddCookie();
                builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
                builder.Services.AddAuthorization();
                guard(builder);
            },
            app =>
            {
                string Enter(HttpContext http)
                {
                    entered.GetOrAdd(http.Request.Headers[RowHeader].ToString(), _ => new()).Enqueue(http.User.FindFirstValue("sub"));
                    return "in";
                }

                app.MapMethods("/", ["GET", "POST"], Enter).RequireAuthorization();
                app.MapMethods("/both", ["GET", "POST"], Enter).RequireAuthorization(
                    new AuthorizeAttribute { AuthenticationSchemes = $"{CookieAuthenticationDefaults.AuthenticationScheme},{JwtBearerDefaults.AuthenticationScheme}" });
                app.MapMethods("/public", ["GET", "POST"], Enter).AllowAnonymous();
            });
        context.Cookie = CookieOf(host, "carol");
        return new HostileHost(context, host, entered);
    }

    /// <summary>Sends it over a new connection with a handshake of this kind, and fails unless it was of this kind.</summary>
    public async Task<HostileAnswer> SendAsync(RequestShape shape, Version version, SslProtocols protocols, Handshake handshake)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var tap = new HandshakeTap();
            var tls = new TlsClientOptions
            {
                Protocols = protocols,
                AllowTlsResume = handshake == Handshake.Resumed,
                TargetHost = _name,
                Transport = tap.Attach,
            };
            var answer = await SendOnceAsync(shape, version, tls);
            if (handshake == Handshake.Resumed ? tap.AllResumed : tap.NoneResumed)
            {
                return answer;
            }

            // The first connection with this certificate has no session to resume: it leaves one for the next.
            Assert.Equal(Handshake.Resumed, handshake);
        }

        throw new InvalidOperationException($"No session was resumed in {Attempts} connections.");
    }

    /// <summary>Sends exactly these bytes over HTTP/1.1.</summary>
    public Task<HostileAnswer> SendRawAsync(RequestShape shape, SslProtocols protocols) =>
        SendRawAsync(shape, new TlsClientOptions { Protocols = protocols });

    /// <inheritdoc cref="SendRawAsync(RequestShape, SslProtocols)"/>
    public async Task<HostileAnswer> SendRawAsync(RequestShape shape, TlsClientOptions tls)
    {
        var row = Guid.NewGuid().ToString("N");
        var request = new StringBuilder($"{shape.Method} {shape.Target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{RowHeader}: {row}\r\n");
        foreach (var line in shape.HeaderLines)
        {
            request.Append(line).Append("\r\n");
        }

        if (shape.Body is var (mediaType, text))
        {
            request.Append(System.Globalization.CultureInfo.InvariantCulture, $"Content-Type: {mediaType}\r\nContent-Length: {text.Length}\r\n");
        }

        request.Append("\r\n").Append(shape.Body?.Text);
        var answer = await RawTlsClient.SendAsync(
            _host, request.ToString(), tls with { Certificate = shape.Certificate, ExtraCertificates = shape.ExtraCertificates });
        return new HostileAnswer(answer.Status, answer.Headers, Subjects(row));
    }

    /// <summary>A client for many requests with <see cref="SendAsync"/>.</summary>
    public HttpClient CreateClient(RequestShape shape, Version version, SslProtocols protocols) =>
        _host.CreateClient(shape.Certificate, version, protocols);

    /// <inheritdoc cref="CreateClient(RequestShape, Version, SslProtocols)"/>
    public HttpClient CreateClient(RequestShape shape, Version version, TlsClientOptions tls) =>
        _host.CreateClient(tls with { Certificate = shape.Certificate, ExtraCertificates = shape.ExtraCertificates }, version);

    /// <summary>Sends an ordinary request with an HTTP library.</summary>
    public async Task<HostileAnswer> SendAsync(HttpClient client, RequestShape shape)
    {
        var row = Guid.NewGuid().ToString("N");
        using var request = new HttpRequestMessage(new HttpMethod(shape.Method), shape.Target);
        request.Headers.Add(RowHeader, row);
        foreach (var line in shape.HeaderLines)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            Assert.True(request.Headers.TryAddWithoutValidation(line[..colon], line[(colon + 1)..].TrimStart()));
        }

        if (shape.Body is var (mediaType, text))
        {
            request.Content = new StringContent(text, new MediaTypeHeaderValue(mediaType));
        }

        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var headers = answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated)
            .SelectMany(h => h.Value.Select(v => KeyValuePair.Create(h.Key, v)));
        return new HostileAnswer((int)answer.StatusCode, [.. headers], Subjects(row));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Context.Dispose();
    }

    private async Task<HostileAnswer> SendOnceAsync(RequestShape shape, Version version, TlsClientOptions tls)
    {
        if (version == HttpVersion.Version11)
        {
            return await SendRawAsync(shape, tls);
        }

        using var client = CreateClient(shape, version, tls);
        return await SendAsync(client, shape);
    }

    private static string CookieOf(TlsApiHost host, string subject)
    {
        var options = host.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(CookieAuthenticationDefaults.AuthenticationScheme);
        var ticket = new AuthenticationTicket(
            new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", subject)], "password")),
            new AuthenticationProperties { ExpiresUtc = TimeProvider.System.GetUtcNow().AddHours(1) },
            CookieAuthenticationDefaults.AuthenticationScheme);
        return $"{options.Cookie.Name}={options.TicketDataFormat.Protect(ticket)}";
    }

    private List<string?> Subjects(string row) => _entered.TryGetValue(row, out var subjects) ? [.. subjects] : [];
}
