using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>Many requests with one token that nobody has seen yet.</summary>
public sealed class CacheAtOnceTests
{
    private const int Requests = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly CountingCryptoProviderFactory _crypto = new();

    [Fact]
    public async Task Token_NeverSeen_IsVerifiedOnceForAllWhoWait()
    {
        using var arrived = new CountdownEvent(Requests);
        _crypto.Before = () => arrived.Wait(Patience);
        await using var api = await StartAsync(arrived);
        var token = Api.Issuer.BoundTo(Api.A);

        var answers = await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => Task.Run(() => api.GetAsync(token, Api.A))));

        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        Assert.Equal(1, _crypto.Verifications);
    }

    [Fact]
    public async Task Token_WithABadSignature_IsRefusedForAllWhoWaitAndNotRemembered()
    {
        using var arrived = new CountdownEvent(Requests);
        _crypto.Before = () => arrived.Wait(Patience);
        await using var api = await StartAsync(arrived);
        var forged = Caching.Tampered(Api.Issuer.BoundTo(Api.A));

        var answers = await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => Task.Run(() => api.GetAsync(forged, Api.A))));

        Assert.All(answers, answer => answer.IsUnauthorized());
        var verifications = _crypto.Verifications;
        (await api.GetAsync(forged, Api.A)).IsUnauthorized();
        Assert.Equal((verifications + 1, 0), (_crypto.Verifications, api.Remembered()));
        Assert.Empty(api.Visits);
    }

    [Fact]
    public async Task Verification_ThatThrows_FailsItsOwnRequestOnly()
    {
        using var arrived = new CountdownEvent(Requests);
        var failures = 1;
        _crypto.Before = () =>
        {
            arrived.Wait(Patience);
            if (Interlocked.Decrement(ref failures) == 0)
            {
                throw new InvalidOperationException("the key store is away");
            }
        };
        await using var api = await StartAsync(arrived);
        var token = Api.Issuer.BoundTo(Api.A);

        var answers = await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => Task.Run(() => api.GetAsync(token, Api.A))));

        Assert.Single(answers, answer => answer.Status == StatusCodes.Status401Unauthorized);
        Assert.Equal(Requests - 1, api.Visits.Count);
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);
    }

    [Fact]
    public async Task Request_AbortedWhileItVerifies_TheOthersPass()
    {
        using var arrived = new CountdownEvent(Requests);
        using var aborted = new CancellationTokenSource();
        _crypto.Before = () =>
        {
            arrived.Wait(Patience);
            aborted.Cancel();
        };
        await using var api = await StartAsync(arrived);
        var token = Api.Issuer.BoundTo(Api.A);

        // Whoever of them leads: half of the callers are gone when the verification is done.
        var answers = await Task.WhenAll(Enumerable.Range(0, Requests).Select(number => Task.Run(() => api.SendAsync("/", context =>
        {
            context.Connection.ClientCertificate = Api.A;
            context.Request.Headers.Authorization = $"Bearer {token}";
            if (number % 2 == 0)
            {
                context.RequestAborted = aborted.Token;
            }
        }))));

        Assert.True(aborted.IsCancellationRequested);
        Assert.All(answers.Where((_, number) => number % 2 != 0), answer => Assert.Equal(200, answer.Status));
        Assert.Equal(1, _crypto.Verifications);
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);
    }

    // Nobody verifies until everybody is on the way.
    private Task<Api> StartAsync(CountdownEvent arrived) => Caching.StartAsync(_crypto, options => options.TokenValidationParameters.AlgorithmValidator = (_, _, _, _) =>
    {
        if (!arrived.IsSet)
        {
            arrived.Signal();
        }

        return true;
    });
}
