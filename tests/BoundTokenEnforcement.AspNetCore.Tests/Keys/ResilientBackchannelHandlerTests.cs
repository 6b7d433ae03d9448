using System.Net;
using Microsoft.Extensions.Time.Testing;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace BoundTokenEnforcement.AspNetCore.Tests.Keys;

public sealed class ResilientBackchannelHandlerTests : IDisposable
{
    private static readonly Uri Address = new("https://as.test/keys");

    private readonly FakeTimeProvider _clock = new();
    private readonly SigningKeyOptions _options = new() { MaxResponseBytes = SigningKeyOptions.LeastMaxResponseBytes };
    private readonly Inner _inner = new();

    [Fact]
    public async Task Get_Answered_IsPassedOn()
    {
        using var client = Client();

        Assert.Equal("fine", await client.GetStringAsync(Address, TestContext.Current.CancellationToken));
        Assert.Equal(1, _inner.Sent);
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.RequestTimeout)]
    public async Task Get_FailsOnce_IsTriedAgain(HttpStatusCode status)
    {
        _inner.Answer = (attempt, _) => Task.FromResult(attempt == 1 ? new HttpResponseMessage(status) : Inner.Fine());
        using var client = Client();

        using var answer = await MovingOnAsync(client.GetAsync(Address, TestContext.Current.CancellationToken));

        Assert.Equal((HttpStatusCode.OK, 2), (answer.StatusCode, _inner.Sent));
    }

    [Fact]
    public async Task Get_ConnectionBreaksOnce_IsTriedAgain()
    {
        _inner.Answer = (attempt, _) => attempt == 1 ? throw new HttpRequestException("Broken.") : Task.FromResult(Inner.Fine());
        using var client = Client();

        using var answer = await MovingOnAsync(client.GetAsync(Address, TestContext.Current.CancellationToken));

        Assert.Equal((HttpStatusCode.OK, 2), (answer.StatusCode, _inner.Sent));
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.Unauthorized)]
    public async Task Get_RefusedOnce_IsNotTriedAgain(HttpStatusCode status)
    {
        _inner.Answer = (_, _) => Task.FromResult(new HttpResponseMessage(status));
        using var client = Client();

        using var answer = await client.GetAsync(Address, TestContext.Current.CancellationToken);

        Assert.Equal((status, 1), (answer.StatusCode, _inner.Sent));
    }

    [Fact]
    public async Task Get_HeadersNeverCome_EachAttemptIsLimited()
    {
        _inner.Answer = async (_, cancellation) =>
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return Inner.Fine();
        };
        using var client = Client();

        await Assert.ThrowsAsync<TimeoutRejectedException>(() => MovingOnAsync(client.GetAsync(Address, TestContext.Current.CancellationToken)));

        Assert.Equal(1 + ResilientBackchannelHandler.Retries, _inner.Sent);
    }

    [Fact]
    public async Task Get_BodyNeverEnds_EachAttemptIsLimited()
    {
        _inner.Answer = (_, _) => Task.FromResult(new HttpResponseMessage { Content = new EndlessContent() });
        using var client = Client();

        await Assert.ThrowsAsync<TimeoutRejectedException>(() => MovingOnAsync(client.GetAsync(Address, TestContext.Current.CancellationToken)));

        Assert.Equal(1 + ResilientBackchannelHandler.Retries, _inner.Sent);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task Get_LongAnswer_IsReadUpToTheLimitAndNotTriedAgain(int tooMany, bool isRead)
    {
        _inner.Answer = (_, _) => Task.FromResult(new HttpResponseMessage { Content = new ByteArrayContent(new byte[_options.MaxResponseBytes + tooMany]) });
        using var client = Client();

        var get = MovingOnAsync(client.GetAsync(Address, TestContext.Current.CancellationToken));

        if (isRead)
        {
            Assert.Equal(_options.MaxResponseBytes, (await (await get).Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length);
        }
        else
        {
            var failure = await Assert.ThrowsAsync<HttpRequestException>(() => get);
            Assert.Equal("the answer is too long", KeyFault.Describe(failure));
        }

        Assert.Equal(1, _inner.Sent);
    }

    [Fact]
    public async Task Get_FailsAgainAndAgain_IsLeftAloneForAMoment()
    {
        _inner.Answer = (_, _) => throw new HttpRequestException("Broken.");
        using var client = Client();
        await Assert.ThrowsAsync<HttpRequestException>(() => MovingOnAsync(client.GetAsync(Address, TestContext.Current.CancellationToken), step: TimeSpan.FromMilliseconds(1)));
        var sent = _inner.Sent;
        Assert.Equal(ResilientBackchannelHandler.AttemptsBeforeBreak, sent);

        await Assert.ThrowsAnyAsync<BrokenCircuitException>(() => MovingOnAsync(client.GetAsync(Address, TestContext.Current.CancellationToken), step: TimeSpan.FromMilliseconds(1)));
        Assert.Equal(sent, _inner.Sent);

        _inner.Answer = (_, _) => Task.FromResult(Inner.Fine());
        _clock.Advance(ResilientBackchannelHandler.BreakDuration);
        Assert.Equal("fine", await client.GetStringAsync(Address, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Post_Fails_IsNotRepeatedNorLeftAlone()
    {
        _inner.Answer = (_, _) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.InternalServerError));
        using var client = Client();

        for (var i = 1; i <= 10; i++)
        {
            using var answer = await MovingOnAsync(client.PostAsync(Address, new StringContent("once"), TestContext.Current.CancellationToken));
            Assert.Equal((HttpStatusCode.InternalServerError, i), (answer.StatusCode, _inner.Sent));
        }
    }

    public void Dispose() => _inner.Dispose();

    private HttpClient Client() => new(new ResilientBackchannelHandler(_inner, _options, _clock));

    /// <summary>Lets time pass until it is done.</summary>
    private async Task<HttpResponseMessage> MovingOnAsync(Task<HttpResponseMessage> task, TimeSpan? step = null)
    {
        while (!task.IsCompleted)
        {
            _clock.Advance(step ?? TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        return await task;
    }

    private sealed class Inner : HttpMessageHandler
    {
        internal int Sent { get; private set; }

        internal Func<int, CancellationToken, Task<HttpResponseMessage>> Answer { get; set; } = (_, _) => Task.FromResult(Fine());

        internal static HttpResponseMessage Fine() => new() { Content = new StringContent("fine") };

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Answer(++Sent, cancellationToken);
    }

    private sealed class EndlessContent : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new NotSupportedException();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(new byte[1], cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
