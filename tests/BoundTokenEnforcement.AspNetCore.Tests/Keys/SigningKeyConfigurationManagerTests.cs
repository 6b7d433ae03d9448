using System.Diagnostics.Metrics;
using BoundTokenEnforcement.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace BoundTokenEnforcement.AspNetCore.Tests.Keys;

public sealed class SigningKeyConfigurationManagerTests : IDisposable
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly JumpingClock _clock = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly LogCapture _logs = new();
    private readonly MetricCapture _metrics;
    private readonly ScriptedDocuments _documents = new();
    private readonly SigningKeyOptions _options = new();
    private readonly SigningKeyConfigurationManager _keys;

    public SigningKeyConfigurationManagerTests()
    {
        _metrics = new MetricCapture(_services, BoundTokenTelemetry.MeterName);
        _keys = Create();
    }

    private int Ended => _metrics.Of(BoundTokenTelemetry.KeyFetchesCounterName).Count;

    public void Dispose()
    {
        _metrics.Dispose();
        _services.Dispose();
        _logs.Dispose();
    }

    [Fact]
    public async Task Get_First_Fetches()
    {
        Assert.Single((await GetAsync()).SigningKeys);

        await GetAsync();
        Assert.Equal(1, _documents.Fetches);
    }

    [Fact]
    public async Task Get_ManyAtOnceWithoutKeys_OneFetch()
    {
        var gate = Close();
        var waiting = Enumerable.Range(0, 100).Select(_ => GetAsync()).ToList();

        gate.SetResult();
        await Task.WhenAll(waiting);

        Assert.Equal(1, _documents.Fetches);
    }

    [Fact]
    public async Task Get_FetchTakesTooLong_GivesUpAndWhoComesLaterDoesNotWait()
    {
        var gate = Close();
        var waiting = GetAsync();
        await BegunAsync(1);
        _clock.Advance(_options.MaxWait - TimeSpan.FromMilliseconds(1));
        Assert.False(waiting.IsCompleted);
        var late = GetAsync();

        _clock.Advance(TimeSpan.FromMilliseconds(1));

        await UnavailableAsync(waiting);
        await UnavailableAsync(late);
        await UnavailableAsync(GetAsync());
        Assert.Equal(1, _documents.Fetches);

        // The fetch went on.
        gate.SetResult();
        await EndedAsync(1);
        Assert.True(GetAsync().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Get_FetchFailed_RestsAndTriesAgain()
    {
        _documents.IsDown = true;
        await UnavailableAsync(GetAsync());

        _clock.Advance(SigningKeyConfigurationManager.RestWithoutKeys - TimeSpan.FromMilliseconds(1));
        await UnavailableAsync(GetAsync());
        Assert.Equal(1, _documents.Fetches);

        _documents.IsDown = false;
        _clock.Advance(SigningKeyConfigurationManager.RestWithoutKeys);
        await GetAsync();
        Assert.Equal(2, _documents.Fetches);
    }

    [Fact]
    public async Task Get_CallerGivesUp_FetchGoesOn()
    {
        var gate = Close();
        using var gone = new CancellationTokenSource();
        var waiting = _keys.GetConfigurationAsync(gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience, TestContext.Current.CancellationToken));

        gate.SetResult();
        await EndedAsync(1);
        Assert.True(GetAsync().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Get_Due_FetchesBehindTheRequest()
    {
        var first = await GetAsync();
        var gate = Close();
        _clock.Advance(_keys.AutomaticRefreshInterval);

        for (var i = 0; i < 100; i++)
        {
            Assert.True(GetAsync() is { IsCompletedSuccessfully: true } at && ReferenceEquals(first, await at));
        }

        gate.SetResult();
        await EndedAsync(2);
        Assert.NotSame(first, await GetAsync());
        Assert.Equal(2, _documents.Fetches);
    }

    [Fact]
    public async Task Get_NotDue_FetchesNothing()
    {
        await GetAsync();
        _clock.Advance((_keys.AutomaticRefreshInterval * 0.9) - TimeSpan.FromMilliseconds(1));

        await GetAsync();

        Assert.Equal(1, _documents.Fetches);
        Assert.Equal(1, Ended);
    }

    // AC-113. Half an hour, a request each 10 ms in the worst minute of it: when the keys have just become due.
    [Fact]
    [Requirement("AC-113")]
    public async Task Get_DueAndDown_NobodyWaitsAndFetchesAreFew()
    {
        await GetAsync();
        _documents.IsDown = true;
        _clock.Advance(_keys.AutomaticRefreshInterval);
        for (var i = 0; i < 6000; i++)
        {
            Assert.True(GetAsync().IsCompletedSuccessfully);
            await _keys.Fetching;
            _clock.Advance(TimeSpan.FromMilliseconds(10));
        }

        await EndedAsync(2);
        Assert.Equal(2, _documents.Fetches);
        for (var i = 1; i <= 5; i++)
        {
            _clock.Advance(RefreshInterval);
            Assert.True(GetAsync().IsCompletedSuccessfully);
            await EndedAsync(2 + i);
        }

        Assert.Equal(7, _documents.Fetches);
    }

    [Fact]
    public async Task Get_TooOldAndDown_Unavailable()
    {
        await GetAsync();
        _documents.IsDown = true;
        _clock.Advance(_options.MaxAge - TimeSpan.FromMilliseconds(1));
        Assert.True(GetAsync().IsCompletedSuccessfully);
        await EndedAsync(2);

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await UnavailableAsync(GetAsync());

        _documents.IsDown = false;
        _clock.Advance(2 * SigningKeyConfigurationManager.RestWithoutKeys);
        await GetAsync();
    }

    [Fact]
    public async Task Get_TooOldAndUp_WaitsForNewOnes()
    {
        var old = await GetAsync();
        _clock.Advance(TimeSpan.FromDays(10));

        Assert.NotSame(old, await GetAsync());
        Assert.Equal(2, _documents.Fetches);
    }

    [Theory]
    [InlineData("<html></html>")]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"keys":[]}""")]
    [InlineData("""{"keys":[{"kty":"POTATO"}]}""")]
    [InlineData("""{"keys":[{"kty":"EC","kid":"1","crv":"P-256","x":"AA"}]}""")]
    public async Task Fetch_NoUsableKey_KeepsTheOldOnes(string keys)
    {
        var old = await GetAsync();
        _documents.Keys = keys;
        _keys.RequestRefresh();
        await EndedAsync(2);
        Assert.Same(old, await GetAsync());
        var told = Assert.Single(_logs.Records, record => record.EventId.Id == 242);
        Assert.Equal(LogLevel.Warning, told.Level);

        _documents.Keys = Api.Issuer.Jwks;
        _clock.Advance(RefreshInterval);
        _keys.RequestRefresh();
        await EndedAsync(3);
        Assert.NotSame(old, await GetAsync());
    }

    // AC-114
    [Fact]
    [Requirement("AC-114")]
    public async Task RequestRefresh_Flood_OneFetchPerCoolDown()
    {
        await GetAsync();

        for (var minute = 0; minute < 20; minute++)
        {
            for (var i = 0; i < 500; i++)
            {
                _keys.RequestRefresh();
            }

            await _keys.Fetching;
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(1 + 4, _documents.Fetches);
    }

    [Fact]
    public async Task RequestRefresh_WithoutKeys_FetchesNothing()
    {
        _keys.RequestRefresh();
        Assert.Equal(0, _documents.Fetches);

        await GetAsync();
        _keys.RequestRefresh();
        await EndedAsync(2);
    }

    // AC-119: the date is set forward or back, and the time that has passed is the same.
    [Theory]
    [InlineData(2)]
    [InlineData(-2)]
    [Requirement("AC-119")]
    public async Task Clock_JumpsTwoHours_NothingIsFlushedNorFrozen(int hours)
    {
        var first = await GetAsync();
        _keys.RequestRefresh();
        await EndedAsync(2);

        _clock.Jump(TimeSpan.FromHours(hours));
        var fetched = await GetAsync();
        for (var i = 0; i < 100; i++)
        {
            Assert.True(GetAsync().IsCompletedSuccessfully);
        }

        Assert.NotSame(first, fetched);
        Assert.Equal(2, _documents.Fetches);

        // A key that was rotated meanwhile is noticed after the cool-down, and not two hours later.
        _clock.Advance(RefreshInterval);
        _keys.RequestRefresh();
        await EndedAsync(3);
    }

    [Fact]
    public async Task Clock_SetBackADay_KeysStillBecomeTooOld()
    {
        await GetAsync();
        _documents.IsDown = true;
        _clock.Jump(TimeSpan.FromDays(-1));

        _clock.Advance(_options.MaxAge);

        await UnavailableAsync(GetAsync());
    }

    [Fact]
    public async Task Clock_SetForwardADay_KeysAreTooOld()
    {
        await GetAsync();
        _documents.IsDown = true;

        _clock.Jump(TimeSpan.FromDays(1));

        await UnavailableAsync(GetAsync());
    }

    [Fact]
    public async Task Instances_StartedTogether_RefreshApart()
    {
        var instances = Enumerable.Range(0, 200).Select(_ => Create()).ToList();
        await Task.WhenAll(instances.Select(keys => keys.GetConfigurationAsync(TestContext.Current.CancellationToken)));
        var perMinute = new List<int>();
        _clock.Advance(_keys.AutomaticRefreshInterval * 0.9);

        for (var i = 0; i < 72; i++)
        {
            var before = _documents.Fetches;
            _clock.Advance(TimeSpan.FromMinutes(1));
            await Task.WhenAll(instances.Select(keys => keys.GetConfigurationAsync(TestContext.Current.CancellationToken)));
            await Task.WhenAll(instances.Select(keys => keys.Fetching));
            perMinute.Add(_documents.Fetches - before);
        }

        // 200 over 72 minutes: together they would be 200 in one.
        Assert.Equal(200, perMinute.Sum());
        Assert.InRange(perMinute.Max(), 1, 20);
    }

    [Fact]
    public async Task Instances_ThatAllFailed_ComeBackApart()
    {
        _documents.IsDown = true;
        var instances = Enumerable.Range(0, 200).Select(_ => Create()).ToList();
        foreach (var keys in instances)
        {
            await UnavailableAsync(keys.GetConfigurationAsync(TestContext.Current.CancellationToken));
        }

        _clock.Advance(SigningKeyConfigurationManager.RestWithoutKeys);
        var perStep = new List<int>();
        for (var i = 0; i < 10; i++)
        {
            var before = _documents.Fetches;
            _clock.Advance(TimeSpan.FromMilliseconds(50));
            foreach (var keys in instances)
            {
                await UnavailableAsync(keys.GetConfigurationAsync(TestContext.Current.CancellationToken));
            }

            perStep.Add(_documents.Fetches - before);
        }

        Assert.Equal(200, perStep.Sum());
        Assert.InRange(perStep.Max(), 1, 60);
    }

    [Fact]
    public async Task Failure_Told_SaysWhyAndNothingOfTheAnswer()
    {
        _documents.Keys = "<html>secret-of-the-page</html>";
        await UnavailableAsync(GetAsync());

        var told = Assert.Single(_logs.Records, record => record.EventId.Id == 241);
        Assert.Contains("the answer could not be understood", told.Message, StringComparison.Ordinal);
        _logs.AssertContainsNone("secret-of-the-page");
        Assert.Equal(1, _metrics.Sum(BoundTokenTelemetry.KeyFetchesCounterName, BoundTokenTelemetry.KeysFetchedTag, "False"));
    }

    private SigningKeyConfigurationManager Create() => new(
        "Bearer",
        ScriptedDocuments.Metadata,
        _documents,
        _options,
        new KeyTelemetry(_services.GetRequiredService<IMeterFactory>(), _clock, LoggerFactory.Create(logging => logging.AddProvider(_logs)).CreateLogger<KeyTelemetry>()),
        _clock)
    {
        RefreshInterval = RefreshInterval,
    };

    private Task<OpenIdConnectConfiguration> GetAsync() => _keys.GetConfigurationAsync(TestContext.Current.CancellationToken);

    private static async Task UnavailableAsync(Task<OpenIdConnectConfiguration> keys) => await Assert.ThrowsAsync<InvalidOperationException>(() => keys.WaitAsync(Patience, TestContext.Current.CancellationToken));

    private TaskCompletionSource Close()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _documents.Gate = gate.Task;
        return gate;
    }

    private Task BegunAsync(int fetches) => UntilAsync(() => _documents.Fetches >= fetches);

    private Task EndedAsync(int fetches) => UntilAsync(() => Ended >= fetches);

    // The fetches run on other threads, and nothing tells when they are done but their telemetry.
    private static async Task UntilAsync(Func<bool> isTrue)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!isTrue())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, "It does not happen.");
            await Task.Yield();
        }
    }
}
