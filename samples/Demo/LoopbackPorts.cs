using System.Net;
using System.Net.Sockets;

namespace Demo;

/// <summary>
/// Free ports, found by asking the system. Issuer and resource identifiers contain their port, so it must be known before anything listens;
/// another process can take it in between, and then the Demo starts again with others.
/// </summary>
internal static class LoopbackPorts
{
    public static int[] Find(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        try
        {
            return [.. listeners.Select(Open)];
        }
        finally
        {
            foreach (var listener in listeners)
            {
                listener.Dispose();
            }
        }
    }

    private static int Open(TcpListener listener)
    {
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
