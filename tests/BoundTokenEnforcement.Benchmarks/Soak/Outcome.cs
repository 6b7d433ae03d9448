using System.Globalization;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>How a request ended: with a status, or without an answer.</summary>
internal readonly record struct Outcome(int Status, string? Broken)
{
    internal bool IsIn => Status is >= 200 and < 300;

    /// <summary>Whether it says no in one of the ways in which a request is refused for what it carries.</summary>
    internal bool IsRefusal => Status is 400 or 401 or 403 or 421 or 431;

    internal bool IsBroken => Broken is not null;

    internal static async Task<Outcome> OfAsync(Func<Task<int>> send)
    {
        try
        {
            return new Outcome(await send(), null);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException or System.Net.Sockets.SocketException)
        {
            return new Outcome(0, e.GetType().Name);
        }
    }

    public override string ToString() => Broken ?? Status.ToString(CultureInfo.InvariantCulture);
}
