using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement.TestSupport;

/// <summary>
/// The part of an authorization server that a resource server sees, discovery and keys, on a real socket of the loopback address. It can be down
/// (connections are refused), come back under the same address, break in many ways, and change its keys. Plain HTTP.
/// </summary>
public sealed class FaultyAuthorizationServer : IAsyncDisposable
{
    private const string DiscoveryPath = "/.well-known/openid-configuration";
    private const string KeysPath = "/keys";
    private static readonly TimeSpan BetweenTrickledBytes = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<string, int> _requests = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _upOrDown = new(1);
    private readonly int _port;
    private volatile TestSigningKey[] _published;
    private volatile string[] _broken = [];
    private volatile AuthorizationServerFault _fault;
    private WebApplication? _running;
    private Socket? _held;

    private FaultyAuthorizationServer(TestSigningKey key)
    {
        // Bound, but not listening: nobody else gets the port, and whoever connects is refused.
        _held = Bind(0);
        _port = ((IPEndPoint)_held.LocalEndPoint!).Port;
        _published = [key];
        Tokens = new TestTokenIssuer(key) { Issuer = Issuer };
    }

    /// <summary>The issuer identifier, and the address of the server.</summary>
    public string Issuer => $"http://127.0.0.1:{_port}";

    /// <summary>Issues tokens with the first key.</summary>
    public TestTokenIssuer Tokens { get; }

    /// <summary>How often the discovery document was asked for.</summary>
    public int DiscoveryRequests => _requests.GetValueOrDefault(DiscoveryPath);

    /// <summary>How often the keys were asked for.</summary>
    public int KeyRequests => _requests.GetValueOrDefault(KeysPath);

    /// <summary>A server that is not up yet.</summary>
    public static FaultyAuthorizationServer Down() => new(TestSigningKey.ES256());

    /// <summary>A server that answers.</summary>
    public static async Task<FaultyAuthorizationServer> UpAsync()
    {
        var server = Down();
        await server.ComeUpAsync();
        return server;
    }

    /// <summary>A second issuer of tokens: the same server, another key. Nothing is published by that.</summary>
    public TestTokenIssuer TokensBy(TestSigningKey key) => new(key) { Issuer = Issuer };

    /// <summary>From now on these are the keys.</summary>
    public void Publish(params TestSigningKey[] keys) => _published = keys;

    /// <summary>Discovery and keys break.</summary>
    public void Break(AuthorizationServerFault fault) => (_fault, _broken) = (fault, [DiscoveryPath, KeysPath]);

    /// <summary>Only the keys break.</summary>
    public void BreakKeys(AuthorizationServerFault fault) => (_fault, _broken) = (fault, [KeysPath]);

    /// <summary>Nothing is broken any more.</summary>
    public void Mend() => _broken = [];

    /// <summary>Takes connections.</summary>
    public async Task ComeUpAsync()
    {
        await _upOrDown.WaitAsync();
        try
        {
            if (_running is null)
            {
                var application = Build(_held!);
                _held = null;
                await application.StartAsync();
                _running = application;
            }
        }
        finally
        {
            _upOrDown.Release();
        }
    }

    /// <summary>Breaks all connections and refuses new ones.</summary>
    public async Task GoDownAsync()
    {
        await _upOrDown.WaitAsync();
        try
        {
            if (_running is { } application)
            {
                _running = null;
                await application.StopAsync(new CancellationToken(canceled: true));
                await application.DisposeAsync();
                _held = Bind(_port);
            }
        }
        finally
        {
            _upOrDown.Release();
        }
    }

    /// <summary>Makes a JwtBearer scheme accept the tokens of this server, and fetch its keys from here.</summary>
    public void Configure(JwtBearerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Authority = Issuer;
        options.RequireHttpsMetadata = false;
        options.TokenValidationParameters.ValidAudience = Tokens.Audience;
        options.TokenValidationParameters.ValidTypes = ["at+jwt"];
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await GoDownAsync();
        _held?.Dispose();
        _upOrDown.Dispose();
        Tokens.Dispose();
    }

    private static Socket Bind(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private WebApplication Build(Socket socket)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = _ => socket);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _port));
        var application = builder.Build();
        application.Run(AnswerAsync);
        return application;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        _requests.AddOrUpdate(path, 1, static (_, count) => count + 1);
        var json = path switch
        {
            DiscoveryPath => new JsonObject { ["issuer"] = Issuer, ["jwks_uri"] = Issuer + KeysPath, ["token_endpoint"] = Issuer + "/token" }.ToJsonString(),
            KeysPath => new JsonObject { ["keys"] = new JsonArray([.. _published.Select(key => key.PublicJwk())]) }.ToJsonString(),
            _ => null,
        };
        if (json is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        await AnswerAsync(context, json, _broken.Contains(path) ? _fault : AuthorizationServerFault.None);
    }

    private static async Task AnswerAsync(HttpContext context, string json, AuthorizationServerFault fault)
    {
        var response = context.Response;
        response.ContentType = fault == AuthorizationServerFault.Html ? "text/html" : "application/json";
        switch (fault)
        {
            case AuthorizationServerFault.None:
                await response.WriteAsync(json);
                break;
            case AuthorizationServerFault.ServerError:
                response.StatusCode = StatusCodes.Status500InternalServerError;
                break;
            case AuthorizationServerFault.Silence:
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
                break;
            case AuthorizationServerFault.Trickle:
                await TrickleAsync(context);
                break;
            case AuthorizationServerFault.Cut:
                response.ContentLength = json.Length;
                await response.WriteAsync(json[..(json.Length / 2)]);
                await response.Body.FlushAsync();
                context.Abort();
                break;
            case AuthorizationServerFault.Half:
                await response.WriteAsync(json[..(json.Length / 2)]);
                break;
            case AuthorizationServerFault.Html:
                await response.WriteAsync("<html><body>Back soon.</body></html>");
                break;
            case AuthorizationServerFault.EmptyObject:
                await response.WriteAsync("{}");
                break;
            case AuthorizationServerFault.NoKeys:
                await response.WriteAsync("""{"keys":[]}""");
                break;
            case AuthorizationServerFault.UnknownKeys:
                await response.WriteAsync("""{"keys":[{"kty":"POTATO","use":"sig","kid":"1"}]}""");
                break;
            case AuthorizationServerFault.Huge:
                await response.WriteAsync($"{{\"padding\":\"{new string('x', 10_000_000)}\",{json[1..]}");
                break;
            default:
                throw new InvalidOperationException($"{fault}");
        }
    }

    private static async Task TrickleAsync(HttpContext context)
    {
        try
        {
            while (true)
            {
                await context.Response.WriteAsync(" ", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(BetweenTrickledBytes, context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // The other side has gone away.
        }
    }
}
