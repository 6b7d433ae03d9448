using Microsoft.Extensions.Hosting;

namespace BoundClient;

/// <summary>Asks once, or again and again; the exit code is that of the last time.</summary>
/// <param name="orders">What is asked.</param>
/// <param name="lifetime">Ends the process when it asked once.</param>
/// <param name="interval">How long to wait in between; <see langword="null"/> to ask once.</param>
internal sealed class OrdersWorker(OrdersClient orders, IHostApplicationLifetime lifetime, TimeSpan? interval) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var (success, line) = await orders.AskAsync(stoppingToken);
            Console.WriteLine(line);
            if (interval is not { } wait)
            {
                Environment.ExitCode = success ? 0 : 1;
                lifetime.StopApplication();
                return;
            }

            await Task.Delay(wait, stoppingToken);
        }
    }
}
