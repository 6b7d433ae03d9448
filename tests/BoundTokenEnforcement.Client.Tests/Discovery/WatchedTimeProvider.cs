using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace BoundTokenEnforcement.Client.Tests.Discovery;

/// <summary>A clock that stands still, starts at the time of day, because the platform judges certificates by that, and tells when somebody waits for a second or less.</summary>
internal sealed class WatchedTimeProvider() : FakeTimeProvider(System.GetUtcNow())
{
    private readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();

    /// <summary>Returns when a wait has begun: before, moving the clock would be too early.</summary>
    internal async Task SomebodyWaitsAsync() => await _waits.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime <= TimeSpan.FromSeconds(1))
        {
            _waits.Writer.TryWrite(dueTime);
        }

        return timer;
    }
}
