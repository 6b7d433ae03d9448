using System.Collections.Concurrent;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace BoundTokenEnforcement.Client.Tests.Guard;

/// <summary>A resource server with metadata of its own, that writes down what arrives.</summary>
internal sealed class RecordingResource : IAsyncDisposable
{
    public const string Issuer = "https://as.example";

    private TlsApiHost _host = null!;
    private int _metadataRequests;

    public string Resource => $"https://localhost:{_host.Port}";

    public ConcurrentQueue<string?> Authorizations { get; } = new();

    public int MetadataRequests => Volatile.Read(ref _metadataRequests);

    public Func<Task> BeforeMetadata { get; set; } = () => Task.CompletedTask;

    public Action<HttpContext> Answer { get; set; } = _ => { };

    public Func<HttpContext, Task> AnswerAsync2 { get; set; } = _ => Task.CompletedTask;

    public static async Task<RecordingResource> StartAsync(ClientCertificateMode mode = ClientCertificateMode.AllowCertificate)
    {
        var server = new RecordingResource();
        server._host = await Localhost.StartAsync(mode, server.AnswerAsync);
        return server;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/.well-known"))
        {
            Interlocked.Increment(ref _metadataRequests);
            await BeforeMetadata();
            await ScriptedAuthorizationServer.WriteJsonAsync(
                context,
                $$"""{"resource":"{{Resource}}","authorization_servers":["{{Issuer}}"],"tls_client_certificate_bound_access_tokens":true}""");
            return;
        }

        Authorizations.Enqueue(context.Request.Headers.Authorization);
        Answer(context);
        await AnswerAsync2(context);
    }
}
