using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>An API with one JwtBearer scheme and our one line, that tells which requests got in and with what.</summary>
internal sealed class GuardedApi : IAsyncDisposable
{
    private const string RequestHeader = "X-Request";
    private readonly ConcurrentDictionary<string, int> _entered = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<BindingRejectedContext> _refusals = new();

    private GuardedApi()
    {
    }

    internal X509Certificate2 A { get; } = TestCertificates.SelfSigned("alice");

    internal X509Certificate2 B { get; } = TestCertificates.SelfSigned("mallory");

    internal TestTokenIssuer Issuer { get; } = new();

    internal TlsApiHost Host { get; private set; } = null!;

    /// <summary>How often any endpoint was entered.</summary>
    internal int Entered => _entered.Values.Sum();

    /// <summary>Why requests were refused.</summary>
    internal IEnumerable<BindingFailure> Refusals => _refusals.Select(r => r.Failure);

    internal static Task<GuardedApi> StartAsync() => StartAsync(new GuardedSetup());

    internal static async Task<GuardedApi> StartAsync(GuardedSetup setup)
    {
        var api = new GuardedApi();
        api.Host = await TlsApiHost.StartAsync(
            builder =>
            {
                builder.Logging.SetMinimumLevel(LogLevel.Warning);
                builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(api.Issuer.Configure);
                builder.Services.AddAuthorization();
                setup.Before(builder, api);
                builder.Services.AddBoundTokenEnforcement(options =>
                {
                    options.OnRejected = refusal =>
                    {
                        api._refusals.Enqueue(refusal);
                        return ValueTask.CompletedTask;
                    };
                    setup.Options(options);
                });
                setup.After(builder, api);
            },
            app =>
            {
                setup.Map(app, api);
                app.MapMethods("/", ["GET", "POST"], api.Enter).RequireAuthorization();
                // What TLS knows. The application sees no certificate that only the library asked for.
                app.MapGet("/who", (HttpContext context) =>
                    context.Features.Get<ISslStreamFeature>()?.SslStream.RemoteCertificate is X509Certificate2 certificate ? TestCertificates.Thumbprint(certificate) : "none");
            },
            setup.Listen);
        return api;
    }

    /// <summary>To be called by an endpoint: counts, and answers with the token's id and the thumbprint that was verified.</summary>
    internal string Enter(HttpContext context)
    {
        _entered.AddOrUpdate(context.Request.Headers[RequestHeader].ToString(), 1, static (_, count) => count + 1);
        return $"{context.User.FindFirstValue("jti")} {context.Features.Get<IBoundTokenFeature>()?.Binding?.Thumbprint}";
    }

    internal HttpClient Client(X509Certificate2? certificate) => Client(new TlsClientOptions { Certificate = certificate, AllowTlsResume = false });

    internal HttpClient Client(TlsClientOptions tls) => Host.CreateClient(tls);

    internal Task<GuardedAnswer> SendAsync(HttpClient client, string? token) => SendAsync(client, token, static _ => { });

    internal async Task<GuardedAnswer> SendAsync(HttpClient client, string? token, Action<HttpRequestMessage> change)
    {
        var id = Guid.NewGuid().ToString("N");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add(RequestHeader, id);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        change(request);
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new GuardedAnswer((int)answer.StatusCode, body, [.. answer.Headers.NonValidated.TryGetValues("WWW-Authenticate", out var lines) ? lines : []], Times(id)) { CacheControl = answer.Headers.CacheControl?.ToString() };
    }

    /// <summary>One request over a connection of its own.</summary>
    internal async Task<GuardedAnswer> SendAsync(X509Certificate2? certificate, string? token)
    {
        using var client = Client(certificate);
        return await SendAsync(client, token);
    }

    /// <summary>Exactly these header lines over HTTP/1.1.</summary>
    internal Task<GuardedAnswer> SendRawAsync(TlsClientOptions tls, string requestLine, IEnumerable<string> headerLines, string body) =>
        SendRawAsync(request => RawTlsClient.SendAsync(Host, request, tls), requestLine, ["Connection: close", .. headerLines], body);

    /// <summary>Exactly these header lines over HTTP/1.1, by any way. Ask for <c>Connection: close</c>.</summary>
    internal async Task<GuardedAnswer> SendRawAsync(Func<string, Task<RawResponse>> send, string requestLine, IEnumerable<string> headerLines, string body)
    {
        var id = Guid.NewGuid().ToString("N");
        string[] lines = [requestLine, $"{RequestHeader}: {id}", .. headerLines, "", body];
        var answer = await send(string.Join("\r\n", lines));
        return new GuardedAnswer(answer.Status, answer.Body, answer.Values("WWW-Authenticate"), Times(id)) { CacheControl = answer.Values("Cache-Control") is [var only, ..] ? only : null };
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        A.Dispose();
        B.Dispose();
        Issuer.Dispose();
    }

    private int Times(string id) => _entered.GetValueOrDefault(id);
}
