using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Security.Claims;
using System.Text;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>A resource server that rows of the catalogue are sent to, and that tells who got in.</summary>
public sealed class HostileHost : IAsyncDisposable
{
    private const string RowHeader = "X-Row";
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

    /// <summary>Starts a server with one JwtBearer scheme that trusts the context's issuer; <paramref name="guard"/> adds what is under test.</summary>
    public static async Task<HostileHost> StartAsync(Action<WebApplicationBuilder> guard)
    {
        var context = new HostileContext();
        var entered = new ConcurrentDictionary<string, ConcurrentQueue<string?>>(StringComparer.Ordinal);
        var host = await TlsApiHost.StartAsync(
            builder =>
            {
                builder.Services.AddAuthentication().AddJwtBearer(o =>
                {
                    context.Configure(o);
                    o.MapInboundClaims = false;
                });
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
                app.MapMethods("/public", ["GET", "POST"], Enter).AllowAnonymous();
            });
        return new HostileHost(context, host, entered);
    }

    /// <summary>Sends exactly these bytes over HTTP/1.1.</summary>
    public async Task<HostileAnswer> SendRawAsync(RequestShape shape, SslProtocols protocols)
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
            _host, request.ToString(), new TlsClientOptions { Certificate = shape.Certificate, Protocols = protocols });
        return new HostileAnswer(answer.Status, answer.Headers, Subjects(row));
    }

    /// <summary>A client for many requests with <see cref="SendAsync"/>.</summary>
    public HttpClient CreateClient(RequestShape shape, Version version, SslProtocols protocols) =>
        _host.CreateClient(shape.Certificate, version, protocols);

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

    private List<string?> Subjects(string row) => _entered.TryGetValue(row, out var subjects) ? [.. subjects] : [];
}
