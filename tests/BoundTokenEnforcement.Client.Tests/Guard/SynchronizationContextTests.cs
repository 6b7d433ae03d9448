using System.Net;

namespace BoundTokenEnforcement.Client.Tests.Guard;

/// <summary>
/// A user interface thread that blocks on a request runs no continuations (WPF, WinForms, MAUI). A library that needs that thread to go on hangs, and
/// <see cref="HttpClient.Timeout"/> does not end it.
/// </summary>
public sealed class SynchronizationContextTests
{
    [Fact]
    public async Task BlockingCall_OnAThreadThatRunsNoContinuations_IsAnswered()
    {
        await using var guard = GuardFixture.Start();

        var status = await OnBlockedThread(() =>
        {
            using var request = guard.Request();
            using var response = guard.Client().SendAsync(request).GetAwaiter().GetResult();
            return response.StatusCode;
        });

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Single(guard.ApiRequests);
    }

    [Fact]
    public async Task BlockingCall_ThatIsRefused_EndsWithTheRefusal()
    {
        await using var guard = GuardFixture.Start(server: new());

        var thrown = await Assert.ThrowsAsync<BoundTokenGuardException>(() => OnBlockedThread(() =>
        {
            using var request = guard.Request();
            using var response = guard.Client().SendAsync(request).GetAwaiter().GetResult();
            return response.StatusCode;
        }));

        Assert.Equal(GuardFailure.CertificateNotRequested, thrown.Failure);
    }

    private static async Task<T> OnBlockedThread<T>(Func<T> call)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            SynchronizationContext.SetSynchronizationContext(new NeverRuns());
            try
            {
                done.SetResult(call());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        })
        { IsBackground = true };
        thread.Start();
        return await done.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    private sealed class NeverRuns : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }

        public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();
    }
}
