using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Demo;

/// <summary>
/// An API whose metadata was written by hand and says that bound tokens are safe here. It never asks for a client certificate, so it cannot check
/// a binding: it would take a token from anybody.
/// </summary>
internal sealed class LyingApi : IAsyncDisposable
{
    private const string Metadata = "/.well-known/oauth-protected-resource";

    private readonly WebApplication _api;
    private int _metadataRequests;
    private int _otherRequests;

    private LyingApi(string resource, WebApplication api)
    {
        Resource = resource;
        _api = api;
    }

    public string Resource { get; }

    /// <summary>How often somebody read the lie.</summary>
    public int MetadataRequests => Volatile.Read(ref _metadataRequests);

    /// <summary>All other requests, whatever they carried.</summary>
    public int OtherRequests => Volatile.Read(ref _otherRequests);

    public static async Task<LyingApi> StartAsync(string resource, Uri issuer, X509Certificate2 server, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(new Uri(resource).Port, listener => listener.UseHttps(server)));
        var lying = new LyingApi(resource, builder.Build());
        var document = $$"""
            {
              "resource": "{{resource}}",
              "authorization_servers": ["{{issuer.AbsoluteUri}}"],
              "tls_client_certificate_bound_access_tokens": true
            }
            """;
        lying._api.Run(http => lying.AnswerAsync(http, document));
        try
        {
            await lying._api.StartAsync(cancellationToken);
            return lying;
        }
        catch (IOException failure)
        {
            await lying.DisposeAsync();
            throw new DemoFailedException("The lying API could not listen.", portWasTaken: true, failure);
        }
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    private Task AnswerAsync(HttpContext http, string document)
    {
        if (http.Request.Path == Metadata)
        {
            Interlocked.Increment(ref _metadataRequests);
            http.Response.ContentType = "application/json";
            return http.Response.WriteAsync(document);
        }

        Interlocked.Increment(ref _otherRequests);
        return http.Response.WriteAsync("Tea for everybody");
    }
}
