using Microsoft.Extensions.Time.Testing;

namespace BoundTokenEnforcement.Client.Tests;

public sealed class RefreshingValueTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly AsyncLocal<string?> _ofTheCaller = new();
    private int _fetches;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_SomethingUnexpectedIsThrown_ItIsARefusal()
    {
        using var kept = Keep(() => throw new InvalidOperationException("bug"));
        var refused = await Assert.ThrowsAsync<BoundTokenGuardException>(() => kept.GetAsync(Cancellation).AsTask());
        Assert.Equal(GuardFailure.Unexpected, refused.Failure);
        await Assert.ThrowsAsync<BoundTokenGuardException>(() => kept.GetAsync(Cancellation).AsTask());
        Assert.Equal(1, _fetches);
    }

    [Fact]
    public async Task Get_NothingOfTheCallerGoesAlong()
    {
        _ofTheCaller.Value = "caller";
        using var kept = Keep(() => _ofTheCaller.Value ?? "nothing");
        Assert.Equal("nothing", await kept.GetAsync(Cancellation));
    }

    [Fact]
    public async Task Get_CallerSuppressesTheFlow_Works()
    {
        using var kept = Keep(() => "value");
        ValueTask<string> got;
        using (ExecutionContext.SuppressFlow())
        {
            got = kept.GetAsync(Cancellation);
        }

        Assert.Equal("value", await got);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public async Task Drop_OnlyThisVeryValue(bool same, int fetches)
    {
        using var kept = Keep(() => new string('v', 5));
        var value = await kept.GetAsync(Cancellation);
        kept.Drop(same ? value : new string('v', 5));
        await kept.GetAsync(Cancellation);
        Assert.Equal(fetches, _fetches);
    }

    [Theory]
    [InlineData(239, false, false)]
    [InlineData(240, true, false)]
    [InlineData(299, true, false)]
    [InlineData(300, true, true)]
    public void Renewal_ThisOld_DueOrOver(int age, bool due, bool over)
    {
        var renewal = new Renewal<string>("value", Age.StartingNow(_clock), TimeSpan.FromSeconds(300), TimeSpan.FromSeconds(60));
        _clock.Advance(TimeSpan.FromSeconds(age));
        Assert.Equal((due, over), (renewal.IsDue, renewal.IsOver));
    }

    [Fact]
    public async Task Dispose_EndsTheFetch()
    {
        var ended = new TaskCompletionSource();
        var kept = new RefreshingValue<string>(
            async cancellation =>
            {
                using var registration = cancellation.Register(ended.SetResult);
                await ended.Task;
                throw new OperationCanceledException(cancellation);
            },
            TimeSpan.FromSeconds(5),
            _ => { },
            _clock);
        var waiting = kept.GetAsync(Cancellation).AsTask();
        kept.Dispose();
        await Assert.ThrowsAsync<BoundTokenGuardException>(() => waiting);
    }

    private RefreshingValue<string> Keep(Func<string> fetch) => new(
        _ =>
        {
            Interlocked.Increment(ref _fetches);
            return Task.FromResult(new Renewal<string>(fetch(), Age.StartingNow(_clock), TimeSpan.FromMinutes(1), TimeSpan.Zero));
        },
        TimeSpan.FromSeconds(5),
        _ => { },
        _clock);
}
