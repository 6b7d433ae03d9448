using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace BoundTokenEnforcement.Client.Tests;

/// <summary>An authorization server that does what it should, until a test tells it otherwise. It counts everything.</summary>
internal sealed class ScriptedAuthorizationServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<SeenRequest> _tokenRequests = new();
    private readonly ConcurrentQueue<string> _metadataRequests = new();
    private TlsApiHost _front = null!;
    private TlsApiHost _alias = null!;

    private ScriptedAuthorizationServer()
    {
    }

    public string Issuer { get; private set; } = null!;

    public string AliasAddress => $"https://localhost:{_alias.Port}";

    public string FrontAddress => $"https://localhost:{_front.Port}";

    public TestTokenIssuer Tokens { get; private set; } = null!;

    /// <summary>Changes the metadata.</summary>
    public Action<JsonObject> Metadata { get; set; } = _ => { };

    /// <summary>Answers instead of the metadata; false to have it answered after all.</summary>
    public Func<HttpContext, Task<bool>> InsteadOfMetadata { get; set; } = _ => Task.FromResult(false);

    /// <summary>Changes the token answer.</summary>
    public Action<JsonObject> Answer { get; set; } = _ => { };

    /// <summary>Answers instead of giving a token; false to have one given after all.</summary>
    public Func<HttpContext, Task<bool>> InsteadOfToken { get; set; } = _ => Task.FromResult(false);

    public IReadOnlyList<SeenRequest> TokenRequests => [.. _tokenRequests];

    public IReadOnlyList<string> MetadataRequests => [.. _metadataRequests];

    /// <summary>Every token that was ever given.</summary>
    public ConcurrentQueue<string> Given { get; } = new();

    public static async Task<ScriptedAuthorizationServer> StartAsync(
        ClientCertificateMode aliasMode = ClientCertificateMode.AllowCertificate, string issuerPath = "", ClientCertificateMode frontMode = ClientCertificateMode.NoCertificate)
    {
        var server = new ScriptedAuthorizationServer();
        server._front = await Localhost.StartAsync(frontMode, server.AnswerAsync);
        server._alias = await Localhost.StartAsync(aliasMode, server.AnswerAsync);
        server.Issuer = server.FrontAddress + issuerPath;
        server.Tokens = new TestTokenIssuer { Issuer = server.Issuer };
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _front.DisposeAsync();
        await _alias.DisposeAsync();
        Tokens.Dispose();
    }

    public JsonObject Document()
    {
        var document = new JsonObject
        {
            ["issuer"] = Issuer,
            ["token_endpoint"] = $"{FrontAddress}/token",
            ["mtls_endpoint_aliases"] = new JsonObject { ["token_endpoint"] = $"{AliasAddress}/token" },
            ["tls_client_certificate_bound_access_tokens"] = true,
        };
        Metadata(document);
        return document;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (HttpMethods.IsGet(context.Request.Method))
        {
            _metadataRequests.Enqueue(context.Request.Path);
            if (!await InsteadOfMetadata(context))
            {
                await WriteJsonAsync(context, Document().ToJsonString());
            }

            return;
        }

        var form = await context.Request.ReadFormAsync();
        var certificate = context.Connection.ClientCertificate;
        _tokenRequests.Enqueue(new SeenRequest(
            $"{context.Request.Host.Port}{context.Request.Path}",
            context.Request.Headers.Authorization,
            certificate is null ? null : TestCertificates.Thumbprint(certificate),
            form.ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal)));
        if (await InsteadOfToken(context))
        {
            return;
        }

        var answer = new JsonObject
        {
            ["access_token"] = certificate is null ? Tokens.Issue() : Tokens.BoundTo(certificate),
            ["token_type"] = "Bearer",
            ["expires_in"] = 300,
        };
        Answer(answer);
        if (answer["access_token"] is JsonValue value && value.TryGetValue<string>(out var token))
        {
            Given.Enqueue(token);
        }

        await WriteJsonAsync(context, answer.ToJsonString());
    }

    public static async Task WriteJsonAsync(HttpContext context, string json, int status = 200, string type = "application/json")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        await context.Response.WriteAsync(json);
    }
}
