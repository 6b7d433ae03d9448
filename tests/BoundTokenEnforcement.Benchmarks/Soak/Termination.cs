using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>The last fault: SIGTERM under load, with requests in flight that were let in and are not finished.</summary>
internal static class Termination
{
    internal const string Name = "SIGTERM under load";

    private const int InFlight = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(20);

    internal static async Task<string> InjectAsync(SoakScene scene)
    {
        using var patience = new CancellationTokenSource(Patience);
        await scene.LastAsync();
        var uploads = new List<SslStream>();
        var entered = (await scene.Server.ReadAsync())[SoakCommands.Entered];
        for (var i = 0; i < InFlight; i++)
        {
            var tls = await scene.Endpoint.OpenAsync(scene.Client.Certificate, patience.Token);
            uploads.Add(tls);
            await tls.WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"POST {SoakApplication.UploadPath} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {scene.Client.Token()}\r\nContent-Length: 2\r\n\r\n."),
                patience.Token);
        }

        // Others enter all the time; it is these that must have.
        await scene.UntilAsync(reading => reading[SoakCommands.Entered] >= entered + InFlight, "the requests were not let in");

        var ended = scene.Server.TerminateAsync();
        await UntilNobodyListensAsync(scene, patience.Token);
        var finished = 0;
        foreach (var upload in uploads)
        {
            await upload.WriteAsync("."u8.ToArray(), patience.Token);
            var line = new byte["HTTP/1.1 200".Length];
            await upload.ReadExactlyAsync(line, patience.Token);
            finished += Encoding.ASCII.GetString(line) == "HTTP/1.1 200" ? 1 : 0;
            await upload.DisposeAsync();
        }

        FaultNotHeldException.ThrowUnless(finished == InFlight, $"{finished} of {InFlight} requests in flight were answered");
        var (last, exitCode) = await ended;
        FaultNotHeldException.ThrowUnless(last[SoakCommands.Unproven] == 0, $"{last[SoakCommands.Unproven]} requests entered without proof since the start");
        FaultNotHeldException.ThrowUnless(exitCode == 0, $"the exit code was {exitCode}");
        return $"{InFlight} requests in flight were finished, {last[SoakCommands.Entered]} entered in all, none without proof";
    }

    private static async Task UntilNobodyListensAsync(SoakScene scene, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(BetweenAttempts);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            try
            {
                using var socket = await scene.Endpoint.ConnectAsync(cancellation);
            }
            catch (SocketException)
            {
                return;
            }
        }
    }
}
