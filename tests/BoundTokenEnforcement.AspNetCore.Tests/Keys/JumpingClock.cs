using Microsoft.Extensions.Time.Testing;

namespace BoundTokenEnforcement.AspNetCore.Tests.Keys;

/// <summary>A clock whose date can be set, while the time that passes stays the same: what happens to machines.</summary>
internal sealed class JumpingClock : TimeProvider
{
    private readonly FakeTimeProvider _passing = new(DateTimeOffset.UnixEpoch.AddYears(60));
    private TimeSpan _set;

    internal void Advance(TimeSpan time) => _passing.Advance(time);

    internal void Jump(TimeSpan time) => _set += time;

    public override DateTimeOffset GetUtcNow() => _passing.GetUtcNow() + _set;

    public override long GetTimestamp() => _passing.GetTimestamp();

    public override long TimestampFrequency => _passing.TimestampFrequency;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _passing.CreateTimer(callback, state, dueTime, period);
}
