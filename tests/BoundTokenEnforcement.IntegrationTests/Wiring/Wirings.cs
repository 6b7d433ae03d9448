using System.Collections.Concurrent;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>The applications of the matrix; each one is started once, for all its rows.</summary>
public sealed class Wirings : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Wiring, Lazy<Task<TlsApiHost>>> _hosts = new();

    internal static IReadOnlyList<TestTokenIssuer> Issuers { get; } =
        [.. Enumerable.Range(0, 3).Select(number => new TestTokenIssuer { Issuer = $"https://as{number}.test" })];

    internal Task<TlsApiHost> HostOf(Wiring wiring) => _hosts.GetOrAdd(wiring, static w => new(w.StartAsync)).Value;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts.Values)
        {
            await (await host.Value).DisposeAsync();
        }
    }
}
