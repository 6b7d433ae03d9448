using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>AC-124: nobody slips in while the server goes down.</summary>
[Requirement("AC-124")]
public sealed class ShutdownTests
{
    private const int Clients = 16;

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Stop_WhileStolenTokensArrive_NoneEnters(string version)
    {
        var api = await GuardedApi.StartAsync();
        var stolen = api.Issuer.BoundTo(api.A);
        using var running = new SemaphoreSlim(0);
        using var end = new CancellationTokenSource();
        X509Certificate2?[] thieves = [null, api.B];
        var load = Enumerable.Range(0, Clients)
            .Select(i => api.Host.CreateClient(thieves[i % 2], Version.Parse(version)))
            .Select(client => Task.Run(() => StealAsync(api, client, stolen, running, end.Token)))
            .ToArray();
        for (var i = 0; i < Clients * 3; i++)
        {
            await running.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }

        // First the server, then everything that our code rests on.
        await api.Host.StopAsync(TestContext.Current.CancellationToken);
        await api.DisposeAsync();
        await end.CancelAsync();
        var refused = await Task.WhenAll(load);

        Assert.Equal(0, api.Entered);
        Assert.True(refused.Sum() >= Clients * 3);
    }

    private static async Task<int> StealAsync(
        GuardedApi api, HttpClient client, string stolen, SemaphoreSlim running, CancellationToken end)
    {
        using var own = client;
        var refused = 0;
        while (!end.IsCancellationRequested)
        {
            try
            {
                (await api.SendAsync(client, stolen)).AssertRefused();
                refused++;
                running.Release();
            }
            catch (Exception e) when (e is HttpRequestException or ObjectDisposedException or OperationCanceledException)
            {
                // The server is gone.
                return refused;
            }
        }

        return refused;
    }
}
