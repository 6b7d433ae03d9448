using System.Collections.Concurrent;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace BoundTokenEnforcement.Client.Tests;

/// <summary>A resource server that keeps what it sees, and answers 200 until told otherwise.</summary>
internal sealed class RecordingApi : IAsyncDisposable
{
    private readonly ConcurrentQueue<SeenRequest> _requests = new();
    private TlsApiHost _host = null!;

    public string Resource => $"https://localhost:{_host.Port}";

    public IReadOnlyList<SeenRequest> Requests => [.. _requests];

    public Action<HttpResponse> Answer { get; set; } = _ => { };

    public static async Task<RecordingApi> StartAsync()
    {
        var api = new RecordingApi();
        api._host = await Localhost.StartAsync(ClientCertificateMode.AllowCertificate, api.AnswerAsync);
        return api;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        var certificate = context.Connection.ClientCertificate;
        _requests.Enqueue(new SeenRequest(
            context.Request.Path,
            context.Request.Headers.Authorization,
            certificate is null ? null : TestCertificates.Thumbprint(certificate),
            new Dictionary<string, string>()));
        Answer(context.Response);
        return Task.CompletedTask;
    }
}
