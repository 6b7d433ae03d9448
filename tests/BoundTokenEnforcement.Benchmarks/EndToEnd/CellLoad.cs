using System.Diagnostics;
using System.Net;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>The connections of one cell. They are opened once and kept over all rounds.</summary>
internal sealed class CellLoad : IAsyncDisposable
{
    private readonly ILoadConnection[] _connections;
    private readonly int _expected;
    private readonly Cell _cell;

    private CellLoad(Cell cell, ILoadConnection[] connections)
    {
        _cell = cell;
        _connections = connections;
        _expected = (int)cell.Load.ExpectedOf(cell.Variant);
    }

    internal static async Task<CellLoad> OpenAsync(Cell cell, LoadWorld world, ServerEndpoint endpoint, EndToEndOptions options)
    {
        var isMany = cell.Load is Load.ManyTokens or Load.Overflow;
        var connections = new ILoadConnection[isMany ? options.TokenConnections : options.Connections];
        var tokens = isMany ? options.Tokens / connections.Length : 1;
        for (var i = 0; i < connections.Length; i++)
        {
            var request = RequestOf(cell, world, i, tokens);
            connections[i] = cell.IsHttp2 ? new Http2Connection(endpoint, request) : await Http1Connection.OpenAsync(endpoint, request);
        }

        return new CellLoad(cell, connections);
    }

    /// <summary>Sends over all connections at once for a while.</summary>
    internal async Task<(double Seconds, long Requests)> RunAsync(TimeSpan duration)
    {
        var began = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(_connections.Select(connection => Task.Run(() => SendAsync(connection, began, duration))));
        return (Stopwatch.GetElapsedTime(began).TotalSeconds, counts.Sum());
    }

    /// <summary>Sends once over each connection.</summary>
    internal Task OnceAsync() => Task.WhenAll(_connections.Select(connection => Task.Run(() => SendAsync(connection))));

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }
    }

    private static LoadRequest RequestOf(Cell cell, LoadWorld world, int client, int tokenCount)
    {
        var tokens = world.Tokens(cell.Algorithm, cell.Load == Load.Mismatch ? client + 1 : client, tokenCount);
        if (cell.Load == Load.BadSignature)
        {
            tokens = [.. tokens.Select(static token => JwtTamper.FlipSignatureBit(token, 8, 0))];
        }

        // Behind a proxy the connection is the proxy's, which shows a certificate of its own.
        var certificate = cell.Load == Load.NoCertificate ? null : world.Certificate(client);
        return cell.Variant == Variant.Forwarded
            ? new LoadRequest(world.Certificate(-1), tokens, certificate is null ? null : $":{Convert.ToBase64String(certificate.RawData)}:")
            : new LoadRequest(certificate, tokens, null);
    }

    private async Task<long> SendAsync(ILoadConnection connection, long began, TimeSpan duration)
    {
        var count = 0L;
        do
        {
            await SendAsync(connection);
            count++;
        }
        while (Stopwatch.GetElapsedTime(began) < duration);
        return count;
    }

    private async Task SendAsync(ILoadConnection connection)
    {
        var status = await connection.SendAsync();
        if (status != _expected)
        {
            throw new InvalidOperationException($"{_cell}: answered with {status} instead of {(HttpStatusCode)_expected}.");
        }
    }
}
