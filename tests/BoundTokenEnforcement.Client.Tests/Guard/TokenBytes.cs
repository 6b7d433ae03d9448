using System.Text;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Client.Tests.Guard;

/// <summary>Counts, over a whole test run, how much of a token arrived at servers that were not verified. The number must be 0.</summary>
internal static class TokenBytes
{
    /// <summary>The beginning of a token gives away that it was sent, also if the rest never came.</summary>
    private const int TellingLength = 12;

    private static long _sent;
    private static int _attempts;

    /// <summary>How many bytes arrived.</summary>
    internal static long Sent => Interlocked.Read(ref _sent);

    /// <summary>How often a token was tried on a server that was not verified.</summary>
    internal static int Attempts => Volatile.Read(ref _attempts);

    /// <summary>The number, as the test run prints it.</summary>
    internal static string Report => $"BYTES OF TOKEN SENT TO UNVERIFIED SERVERS: {Sent} ({Attempts} attempts)";

    /// <summary>To be called for each attempt before it is judged, so that a failing test does not hide what it found.</summary>
    internal static void Count(long bytes)
    {
        Interlocked.Increment(ref _attempts);
        Interlocked.Add(ref _sent, bytes);
    }

    /// <summary>What <paramref name="server"/> has received of <paramref name="token"/>.</summary>
    internal static long ReceivedBy(ScriptedTlsServer server, string token) =>
        (long)server.Occurrences(token[..Math.Min(TellingLength, token.Length)]) * Encoding.UTF8.GetByteCount(token);
}
