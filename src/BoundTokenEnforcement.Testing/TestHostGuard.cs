using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BoundTokenEnforcement;

/// <summary>Keeps a host from starting that is not a test host.</summary>
internal sealed class TestHostGuard(IServiceProvider services) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        RequireTestHost(services);
        return Task.CompletedTask;
    }

    // Hosts of the older kind (WebHost) do not call StartingAsync.
    public Task StartAsync(CancellationToken cancellationToken) => StartingAsync(cancellationToken);

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <exception cref="InvalidOperationException">The server is another one than TestServer.</exception>
    internal static void RequireTestHost(IServiceProvider services)
    {
        // Exactly this type: a server that calls itself one, or that derives from it, could listen.
        if (services.GetService<IServer>()?.GetType() != typeof(TestServer))
        {
            throw new InvalidOperationException(
                "AddBoundTokenTesting() accepts made-up users and tokens, so it works only in a host whose server is Microsoft.AspNetCore.TestHost.TestServer (UseTestServer, WebApplicationFactory). Remove it, and the reference to BoundTokenEnforcement.Testing, from the application.");
        }
    }
}
