using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>A guarded API behind a proxy, the two ways to it, and what may be sent over them.</summary>
internal sealed class GuardedProxy : IAsyncDisposable
{
    private GuardedProxy(ProxyProgram program, GuardedApi api, ProxyProcess process)
    {
        Program = program;
        Api = api;
        Process = process;
    }

    internal ProxyProgram Program { get; }

    internal GuardedApi Api { get; }

    internal ProxyProcess Process { get; }

    internal static Task<GuardedProxy> StartAsync(ProxyProgram program) => StartAsync(program, static text => text);

    /// <summary>With a configuration that the test changes.</summary>
    internal static Task<GuardedProxy> StartAsync(ProxyProgram program, Func<string, string> change) =>
        StartAsync(program, change, Behind(program), api => $"127.0.0.1:{api.Host.Port}");

    internal static async Task<GuardedProxy> StartAsync(ProxyProgram program, Func<string, string> change, GuardedSetup setup, Func<GuardedApi, string> address)
    {
        var api = await GuardedApi.StartAsync(setup);
        try
        {
            return new GuardedProxy(program, api, await ProxyProcess.StartAsync(program, address(api), change));
        }
        catch
        {
            await api.DisposeAsync();
            throw;
        }
    }

    /// <summary>An API without TLS on the loopback address that believes the proxy there.</summary>
    internal static GuardedSetup Behind(ProxyProgram program) => Behind(program.Format, program.Header, forwarded => forwarded.TrustedProxies.Add("127.0.0.1"));

    internal static GuardedSetup Behind(ForwardedCertificateFormat format, string header, Action<ForwardedCertificateOptions> trust) => new()
    {
        Options = options => options.UseForwardedCertificate(forwarded =>
        {
            forwarded.Format = format;
            forwarded.Header = header;
            trust(forwarded);
        }),
        Map = (app, _) => app.MapGet("/fields", (HttpRequest request) => string.Join('\n', request.Headers.Select(field => $"{field.Key}: {field.Value}"))),
        Listen = (kestrel, _) => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.Protocols = HttpProtocols.Http1),
    };

    /// <summary>The line by which a thief who knows the certificate, and not its key, would have it.</summary>
    internal string Forged(X509Certificate2 certificate) => $"{Program.Header}: {ForwardedText.Of(Program.Format, certificate)}";

    internal Task<GuardedAnswer> SendAsync(X509Certificate2? certificate, string token, Version version, params (string Name, string Value)[] fields) =>
        SendAsync(new TlsClientOptions { Certificate = certificate, AllowTlsResume = false }, token, version, fields);

    internal async Task<GuardedAnswer> SendAsync(TlsClientOptions tls, string? token, Version version, params (string Name, string Value)[] fields)
    {
        using var client = Process.CreateClient(tls);
        return await Api.SendAsync(client, token, request =>
        {
            request.Version = version;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
            foreach (var (name, value) in fields)
            {
                Assert.True(request.Headers.TryAddWithoutValidation(name, value));
            }
        });
    }

    /// <summary>Through the proxy, exactly these lines.</summary>
    internal Task<GuardedAnswer> SendRawAsync(X509Certificate2? certificate, string token, params IEnumerable<string> lines) =>
        SendRawAsync(certificate, token, "GET / HTTP/1.1", lines, string.Empty);

    internal Task<GuardedAnswer> SendRawAsync(X509Certificate2? certificate, string token, string requestLine, IEnumerable<string> lines, string body)
    {
        var tls = new TlsClientOptions { Certificate = certificate, AllowTlsResume = false, Protocols = SslProtocols.Tls13 };
        return Api.SendRawAsync(request => Process.SendAsync(request, tls), requestLine, [.. WithToken(token, lines)], body);
    }

    /// <summary>Past the proxy, from this address to the API's own port.</summary>
    internal Task<GuardedAnswer> SendPastAsync(IPAddress from, string token, params IEnumerable<string> lines) =>
        Api.SendRawAsync(request => SendPastAsync(from, request), "GET / HTTP/1.1", [.. WithToken(token, lines)], string.Empty);

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        await Api.DisposeAsync();
    }

    private static IEnumerable<string> WithToken(string token, IEnumerable<string> lines)
    {
        var closes = lines.Any(line => line.StartsWith("Connection:", StringComparison.OrdinalIgnoreCase));
        return ["Host: localhost", $"Authorization: Bearer {token}", .. lines, .. closes ? Array.Empty<string>() : ["Connection: close"]];
    }

    private async Task<RawResponse> SendPastAsync(IPAddress from, string request)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(from, 0));
        await socket.ConnectAsync(IPAddress.Loopback, Api.Host.Port, TestContext.Current.CancellationToken);
        return await RawTlsClient.SendPlainAsync(new NetworkStream(socket), request);
    }
}
