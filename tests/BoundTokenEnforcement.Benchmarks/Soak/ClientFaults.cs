using System.Net;
using System.Net.Security;
using System.Text;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>Clients that go away, do not read, do not write, or write nonsense.</summary>
internal static class ClientFaults
{
    private const int Many = 20;
    private const int Few = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    internal static IReadOnlyList<Fault> All { get; } =
    [
        new("clients that leave in the middle of the request", LeaveEarlyAsync),
        new("clients that leave before the answer", LeaveLateAsync),
        new("clients that do not read", ReadSlowlyAsync),
        new("clients that do not finish their request", WriteSlowlyAsync),
        new("clients that send junk instead of a handshake", JunkAsync),
        new("clients that connect and say nothing", SayNothingAsync),
        new("HTTP/2 streams cancelled", CancelAsync),
        new("oversized header fields", OversizeAsync),
    ];

    private static async Task<string> LeaveEarlyAsync(SoakScene scene)
    {
        using var patience = new CancellationTokenSource(Patience);
        for (var i = 0; i < Many; i++)
        {
            await using var tls = await scene.Endpoint.OpenAsync(scene.Client.Certificate, patience.Token);
            var request = Get("/", scene.Client.Token());
            await tls.WriteAsync(request.AsMemory(0, request.Length / 2), patience.Token);
        }

        await scene.LastAsync();
        return $"{Many} requests broken off";
    }

    private static async Task<string> LeaveLateAsync(SoakScene scene)
    {
        using var patience = new CancellationTokenSource(Patience);
        var stolen = scene.Client.Victim!.Issuer.BoundTo(scene.Client.Victim.Certificate);
        for (var i = 0; i < Many; i++)
        {
            await using var tls = await scene.Endpoint.OpenAsync(scene.Client.Certificate, patience.Token);
            await tls.WriteAsync(Get("/", i % 2 == 0 ? scene.Client.Token() : stolen), patience.Token);
        }

        await scene.LastAsync();
        return $"{Many} answers that nobody waited for, half of them to stolen tokens";
    }

    private static async Task<string> ReadSlowlyAsync(SoakScene scene)
    {
        using var patience = new CancellationTokenSource(Patience);
        var connections = new List<SslStream>();
        try
        {
            for (var i = 0; i < Few; i++)
            {
                var tls = await scene.Endpoint.OpenAsync(scene.Client.Certificate, patience.Token);
                connections.Add(tls);
                await tls.WriteAsync(Get(SoakApplication.LargePath, scene.Client.Token()), patience.Token);
                FaultNotHeldException.ThrowUnless(await StatusAsync(tls, patience.Token) == 200, "a good token was not let in");
            }

            await scene.LastAsync();
            return $"{Few} answers of {SoakApplication.LargeBytes / 1024 / 1024} MB left unread";
        }
        finally
        {
            await DisposeAsync(connections);
        }
    }

    private static async Task<string> WriteSlowlyAsync(SoakScene scene)
    {
        using var patience = new CancellationTokenSource(Patience);
        var stolen = scene.Client.Victim!.Issuer.BoundTo(scene.Client.Victim.Certificate);
        var connections = new List<SslStream>();
        try
        {
            for (var i = 0; i < Few; i++)
            {
                var good = await scene.Endpoint.OpenAsync(scene.Client.Certificate, patience.Token);
                connections.Add(good);
                await good.WriteAsync(Post(scene.Client.Token()), patience.Token);
                var thief = await scene.Endpoint.OpenAsync(scene.Client.Certificate, patience.Token);
                connections.Add(thief);
                await thief.WriteAsync(Post(stolen), patience.Token);

                // The body never comes. Who is refused must not have to send it first.
                FaultNotHeldException.ThrowUnless(await StatusAsync(thief, patience.Token) == 401, "a stolen token was not refused before the body");
            }

            await scene.LastAsync();
            foreach (var good in connections.Where((_, i) => i % 2 == 0))
            {
                await good.WriteAsync("."u8.ToArray(), patience.Token);
                FaultNotHeldException.ThrowUnless(await StatusAsync(good, patience.Token) == 200, "a good token was not let in");
            }

            return $"{Few} bodies held back and finished later, {Few} stolen tokens refused before theirs";
        }
        finally
        {
            await DisposeAsync(connections);
        }
    }

    private static async Task<string> JunkAsync(SoakScene scene)
    {
        using var patience = new CancellationTokenSource(Patience);
        for (var i = 0; i < Many; i++)
        {
            using var socket = await scene.Endpoint.ConnectAsync(patience.Token);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /{new string((char)('a' + i), 200 * i)} HTTP/1.1\r\n\r\n"), patience.Token);
        }

        await scene.LastAsync();
        return $"{Many} connections without TLS";
    }

    private static async Task<string> SayNothingAsync(SoakScene scene)
    {
        using var patience = new CancellationTokenSource(Patience);
        var sockets = new List<IDisposable>();
        try
        {
            for (var i = 0; i < Many; i++)
            {
                sockets.Add(await scene.Endpoint.ConnectAsync(patience.Token));
            }

            await scene.LastAsync();
            return $"{Many} handshakes that never began";
        }
        finally
        {
            sockets.ForEach(static socket => socket.Dispose());
        }
    }

    private static async Task<string> CancelAsync(SoakScene scene)
    {
        using var http = scene.Endpoint.CreateClient(scene.Client.Certificate);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 5 * Many).Select(i => CancelAsync(http, scene, early: i % 2 == 0)));
        await scene.LastAsync();
        var wrong = outcomes.FirstOrDefault(outcome => outcome is { IsBroken: false, IsIn: false });
        FaultNotHeldException.ThrowUnless(wrong == default, $"a good token was answered with {wrong}");
        return $"{outcomes.Count(outcome => outcome.IsBroken)} of {outcomes.Length} streams cancelled, the rest let in";
    }

    private static Task<Outcome> CancelAsync(HttpMessageInvoker http, SoakScene scene, bool early) => Outcome.OfAsync(async () =>
    {
        using var cancellation = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(scene.Endpoint.Address, early ? SoakApplication.LargePath : "/"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {scene.Client.Token()}");
        using var response = await http.SendAsync(request, cancellation.Token);
        if (early)
        {
            // The answer has begun, and does not end.
            await cancellation.CancelAsync();
        }

        await response.Content.CopyToAsync(Stream.Null, cancellation.Token);
        return (int)response.StatusCode;
    });

    private static async Task<string> OversizeAsync(SoakScene scene)
    {
        var seen = new List<string>();
        foreach (var kilobytes in (int[])[8, 24, 40, 100])
        {
            var padding = new string('A', kilobytes * 1024);
            var outcome = await Outcome.OfAsync(() => scene.Client.SendRawAsync($"Authorization: Bearer {scene.Client.Token()}{padding}"));
            FaultNotHeldException.ThrowUnless(outcome.IsRefusal || outcome.IsBroken || outcome.Status == 0, $"{kilobytes} kB were answered with {outcome}");
            seen.Add($"{kilobytes} kB: {outcome}");
        }

        await scene.LastAsync();
        return string.Join(", ", seen);
    }

    private static byte[] Get(string path, string token) => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n");

    private static byte[] Post(string token) =>
        Encoding.ASCII.GetBytes($"POST {SoakApplication.UploadPath} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nContent-Length: 2\r\n\r\n.");

    private static async Task<int> StatusAsync(SslStream tls, CancellationToken cancellation)
    {
        var line = new byte["HTTP/1.1 200".Length];
        await tls.ReadExactlyAsync(line, cancellation);
        return int.Parse(Encoding.ASCII.GetString(line).Split(' ')[1], provider: null);
    }

    private static async Task DisposeAsync(List<SslStream> connections)
    {
        foreach (var connection in connections)
        {
            await connection.DisposeAsync();
        }
    }
}
