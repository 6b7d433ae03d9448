using System.Collections.Concurrent;
using BoundTokenEnforcement.IntegrationTests;

[assembly: AssemblyFixture(typeof(ProxyInstallations))]

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Each proxy once for the whole run, with its configuration as it is, from the first test that needs it.</summary>
public sealed class ProxyInstallations : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<GuardedProxy>>> _running = new(StringComparer.Ordinal);

    /// <summary>The names of all proxies, for theories.</summary>
    public static TheoryData<string> Names => [.. ProxyProgram.All.Select(program => program.Name)];

    internal Task<GuardedProxy> GetAsync(string name)
    {
        var program = Require(name);
        return _running.GetOrAdd(name, _ => new Lazy<Task<GuardedProxy>>(() => GuardedProxy.StartAsync(program))).Value;
    }

    /// <summary>Skips the test where the proxy is not installed, except where a build must not leave anything out.</summary>
    internal static ProxyProgram Require(string name)
    {
        var program = ProxyProgram.All.Single(program => program.Name == name);
        if (program.Find() is null)
        {
            var reason = $"{program.Name} is not installed ({program.Executable}).";
            Assert.False(Environment.GetEnvironmentVariable("CI") is "true", reason);
            Assert.Skip(reason);
        }

        return program;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var started in _running.Values.Where(started => started.Value.IsCompletedSuccessfully))
        {
            await (await started.Value).DisposeAsync();
        }
    }
}
