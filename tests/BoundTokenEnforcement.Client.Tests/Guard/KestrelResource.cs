using System.Collections.Concurrent;
using System.Net;
using System.Security.Authentication;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace BoundTokenEnforcement.Client.Tests.Guard;

/// <summary>A resource on Kestrel, for HTTP/2: it says that it supports bound tokens, whether it asks for certificates or not.</summary>
internal sealed class KestrelResource : IAsyncDisposable
{
    private readonly ConcurrentQueue<SeenRequest> _requests = new();
    private TlsApiHost _host = null!;
    private int _fetches;

    internal string Resource => $"https://localhost:{_host.Port}/api";

    internal int Fetches => Volatile.Read(ref _fetches);

    /// <summary>Every request that was not for metadata.</summary>
    internal IReadOnlyList<SeenRequest> Requests => [.. _requests];

    /// <summary>Awaited before metadata is answered.</summary>
    internal Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Awaited before a request is answered.</summary>
    internal Task ApiGate { get; set; } = Task.CompletedTask;

    internal static async Task<KestrelResource> StartAsync(
        ClientCertificateMode mode = ClientCertificateMode.AllowCertificate,
        HttpProtocols http = HttpProtocols.Http1AndHttp2,
        SslProtocols tls = SslProtocols.None)
    {
        var resource = new KestrelResource();
        resource._host = await TlsApiHost.StartAsync(
            _ => { },
            app => app.Run(resource.AnswerAsync),
            (kestrel, _) => kestrel.Listen(IPAddress.Loopback, 0, listener =>
            {
                listener.Protocols = http;
                listener.UseHttps(https =>
                {
                    https.ServerCertificate = Localhost.ServerCertificate;
                    https.ClientCertificateMode = mode;
                    https.ClientCertificateValidation = (_, _, _) => true;
                    https.SslProtocols = tls;
                });
            }));
        return resource;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/.well-known", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _fetches);
            await Gate;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(
                $$"""{ "resource": "{{Resource}}", "authorization_servers": ["{{TestTokenIssuer.DefaultIssuer}}"], {{GuardFixture.Supported}} }""");
            return;
        }

        var certificate = context.Connection.ClientCertificate;
        _requests.Enqueue(new SeenRequest(
            context.Request.Protocol,
            context.Request.Headers.Authorization,
            certificate is null ? null : TestCertificates.Thumbprint(certificate),
            new Dictionary<string, string>()));
        await ApiGate;
    }
}
