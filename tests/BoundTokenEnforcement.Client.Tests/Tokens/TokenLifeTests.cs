using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace BoundTokenEnforcement.Client.Tests;

/// <summary>How long a token is kept, and what many callers cost the authorization server.</summary>
public sealed class TokenLifeTests
{
    private static X509Certificate2 Certificate { get; } = TestCertificates.SelfSigned("client-1");

    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());

    [Theory]
    [InlineData(3600, 60, 60)]
    [InlineData(300, 60, 60)]
    [InlineData(100, 60, 20)]
    [InlineData(100, 0, 0)]
    public void Margin_NeverMoreThanAFifthOfTheLife(int life, int configured, int margin) => Assert.Equal(
        TimeSpan.FromSeconds(margin), CertificateBoundTokens.MarginOf(TimeSpan.FromSeconds(life), TimeSpan.FromSeconds(configured)));

    [Theory]
    [InlineData(300, 240)]
    [InlineData(100, 80)]
    [InlineData(3600, 3540)]
    public async Task Token_MarginReached_RenewedInTheBackground(int life, int age)
    {
        await using var server = await StartAsync(life);
        await using var client = NewClient(server);
        var first = await client.ObtainAsync();
        _clock.Advance(TimeSpan.FromSeconds(age));

        // Still good, so nobody waits for the next one.
        Assert.Equal(first.Value, (await client.ObtainAsync()).Value);
        await UntilAsync(async () => (await client.ObtainAsync()).Value != first.Value);
        Assert.Equal(2, server.TokenRequests.Count);
    }

    [Theory]
    [InlineData(300, 299, true)]
    [InlineData(300, 300, false)]
    [InlineData(null, 59, true)]
    [InlineData(null, 60, false)]
    [InlineData(100_000_000, 86_399, true)]
    [InlineData(100_000_000, 86_400, false)]
    public async Task Token_ThisOld_UsedUntilItsEndAndNotAfter(int? life, int age, bool used)
    {
        await using var server = await StartAsync(life);
        await using var client = NewClient(server);
        var first = await client.ObtainAsync();
        _clock.Advance(TimeSpan.FromSeconds(age));
        Assert.Equal(used, (await client.ObtainAsync()).Value == first.Value);
    }

    [Theory]
    [InlineData(2, 1, true)]
    [InlineData(2, 2, false)]
    public async Task Token_AnswerTookThisLong_LifeCountsFromBeforeTheRequest(int life, int seconds, bool used)
    {
        await using var server = await StartAsync(life);
        server.InsteadOfToken = _ =>
        {
            _clock.Advance(TimeSpan.FromSeconds(seconds));
            return Task.FromResult(false);
        };
        await using var client = NewClient(server);
        if (used)
        {
            await client.ObtainAsync();
            return;
        }

        Assert.Equal(GuardFailure.TokenUnobtainable, (await client.RefusedAsync()).Failure);
    }

    [Fact]
    public async Task Token_RenewalFails_TheOldOneIsUsedUntilItsEndAndNotAfter()
    {
        await using var server = await StartAsync(300);
        await using var client = NewClient(server);
        var first = await client.ObtainAsync();
        server.Answer = answer => answer["token_type"] = "mac";

        _clock.Advance(TimeSpan.FromSeconds(250));
        Assert.Equal(first.Value, (await client.ObtainAsync()).Value);
        await UntilAsync(() => Task.FromResult(client.Logs.Records.Any(record => record.EventId.Name == "TokenRenewalFailed")));
        Assert.Equal(first.Value, (await client.ObtainAsync()).Value);
        Assert.Equal(2, server.TokenRequests.Count);

        _clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(GuardFailure.TokenUnobtainable, (await client.RefusedAsync()).Failure);
        Assert.Equal(3, server.TokenRequests.Count);
    }

    [Fact]
    public async Task Token_ClockSetBack_EndsAllTheSame()
    {
        var clock = new TurnedClock();
        await using var server = await StartAsync(300);
        await using var client = new TokenClient(server.Issuer, Certificate, clock: clock);
        var first = await client.ObtainAsync();
        clock.Timestamps = TimeSpan.FromSeconds(301);
        clock.Date = TimeSpan.FromHours(-2);
        Assert.NotEqual(first.Value, (await client.ObtainAsync()).Value);
    }

    [Fact]
    public async Task Token_MachineSlept_EndsAllTheSame()
    {
        var clock = new TurnedClock();
        await using var server = await StartAsync(300);
        await using var client = new TokenClient(server.Issuer, Certificate, clock: clock);
        var first = await client.ObtainAsync();
        clock.Date = TimeSpan.FromSeconds(301);
        Assert.NotEqual(first.Value, (await client.ObtainAsync()).Value);
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(5, 2)]
    public async Task Failure_ThisOld_ForgottenAfterAWhile(int age, int requests)
    {
        await using var server = await StartAsync(300);
        server.Answer = answer => answer["token_type"] = "mac";
        await using var client = NewClient(server);
        await client.RefusedAsync();
        server.Answer = _ => { };
        _clock.Advance(TimeSpan.FromSeconds(age));
        if (requests == 1)
        {
            Assert.Equal(GuardFailure.TokenUnobtainable, (await client.RefusedAsync()).Failure);
        }
        else
        {
            await client.ObtainAsync();
        }

        Assert.Equal(requests, server.TokenRequests.Count);
    }

    [Theory]
    [InlineData(899, 1)]
    [InlineData(900, 2)]
    public async Task Metadata_ThisOld_FetchedAnewAtItsEnd(int age, int fetches)
    {
        await using var server = await StartAsync(10);
        await using var client = NewClient(server);
        await client.ObtainAsync();
        _clock.Advance(TimeSpan.FromSeconds(age));
        await client.ObtainAsync();
        Assert.Equal(fetches, server.MetadataRequests.Count);
    }

    [Fact]
    public async Task Metadata_NoLongerSaysThatTokensAreBound_NoMoreTokens()
    {
        await using var server = await StartAsync(10);
        await using var client = NewClient(server);
        await client.ObtainAsync();
        server.Metadata = document => document["tls_client_certificate_bound_access_tokens"] = false;
        _clock.Advance(TimeSpan.FromSeconds(900));
        Assert.Equal(GuardFailure.AuthorizationServerUnusable, (await client.RefusedAsync()).Failure);
    }

    [Fact]
    public async Task Metadata_EndpointMoved_FoundAfterTheFirstFailure()
    {
        await using var server = await StartAsync(300);
        server.InsteadOfToken = context =>
        {
            var old = context.Request.Path == "/token";
            context.Response.StatusCode = old ? 404 : 200;
            return Task.FromResult(old);
        };
        await using var client = NewClient(server);
        await client.RefusedAsync();
        server.Metadata = document => document["mtls_endpoint_aliases"]!["token_endpoint"] = $"{server.AliasAddress}/moved";
        _clock.Advance(TimeSpan.FromSeconds(5));
        await client.ObtainAsync();
    }

    [Fact]
    public async Task Callers_AThousandAtOnce_OneTokenRequest()
    {
        await using var server = await StartAsync(300);
        var go = new TaskCompletionSource();
        server.InsteadOfToken = async _ =>
        {
            await go.Task;
            return false;
        };
        await using var client = new TokenClient(server.Issuer, Certificate);
        var callers = Enumerable.Range(0, 1000).Select(_ => Task.Run(client.ObtainAsync)).ToArray();
        await UntilAsync(() => Task.FromResult(server.TokenRequests.Count == 1));
        go.SetResult();

        var tokens = await Task.WhenAll(callers);
        Assert.Single(tokens.Select(token => token.Value).Distinct());
        Assert.Single(server.TokenRequests);
        Assert.Single(server.MetadataRequests);
    }

    [Fact]
    public async Task Callers_AThousandAtOnceAndItFails_OneTokenRequest()
    {
        await using var server = await StartAsync(300);
        server.Answer = answer => answer["token_type"] = "mac";
        await using var client = new TokenClient(server.Issuer, Certificate);
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => Task.Run(client.RefusedAsync)));
        Assert.Single(server.TokenRequests);
    }

    [Fact]
    public async Task Callers_FirstOneGivesUp_OthersGetTheirToken()
    {
        await using var server = await StartAsync(300);
        var go = new TaskCompletionSource();
        server.InsteadOfToken = async _ =>
        {
            await go.Task;
            return false;
        };
        await using var client = new TokenClient(server.Issuer, Certificate);
        using var patience = new CancellationTokenSource();
        var first = client.Tokens.GetAsync(patience.Token).AsTask();
        await UntilAsync(() => Task.FromResult(server.TokenRequests.Count == 1));
        var second = client.ObtainAsync();
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        go.SetResult();

        var obtained = await second;
        Assert.Equal(Assert.Single(server.Given), obtained.Value);
        Assert.Single(server.TokenRequests);
    }

    [Fact]
    public async Task Certificate_Changed_NewTokenAndTheOldOneStaysWithTheOldCertificate()
    {
        await using var server = await StartAsync(300);
        var (a, b) = (Certificate, TestCertificates.SelfSigned("client-1"));
        var certificates = new SwitchedCertificate(a);
        await using var client = new TokenClient(server.Issuer, certificates);
        var first = await client.ObtainAsync();
        certificates.Current = b;
        var second = await client.ObtainAsync();
        certificates.Current = a;
        var third = await client.ObtainAsync();

        Assert.Same(a, first.Certificate.Given);
        Assert.Same(b, second.Certificate.Given);
        Assert.NotEqual(first.Value, second.Value);
        Assert.Same(first, third);
        Assert.Equal([TestCertificates.Thumbprint(a), TestCertificates.Thumbprint(b)], server.TokenRequests.Select(request => request.Thumbprint));
    }

    [Fact]
    [Requirement("R8705-6.3-1")]
    public async Task Certificate_RenewedOverTheSameKey_NewToken()
    {
        await using var server = await StartAsync(300);
        var certificates = new SwitchedCertificate(Certificate);
        await using var client = new TokenClient(server.Issuer, certificates);
        await client.ObtainAsync();
        certificates.Current = TestCertificates.RenewedWithSameKey(Certificate);
        await client.ObtainAsync();
        Assert.Equal(2, server.TokenRequests.Count);
    }

    [Fact]
    public async Task Certificate_ManyOfThem_OldestTokensAreForgotten()
    {
        await using var server = await StartAsync(300);
        var certificates = new SwitchedCertificate(Certificate);
        await using var client = new TokenClient(server.Issuer, certificates);
        await client.ObtainAsync();
        for (var i = 0; i < 4; i++)
        {
            certificates.Current = TestCertificates.SelfSigned($"client-{i}");
            await client.ObtainAsync();
        }

        certificates.Current = Certificate;
        await client.ObtainAsync();
        Assert.Equal(6, server.TokenRequests.Count);
    }

    [Fact]
    public async Task Breaker_ServerFailsForLong_NotAskedForAWhile()
    {
        await using var server = await StartAsync(300);
        server.InsteadOfToken = context =>
        {
            context.Response.StatusCode = 503;
            return Task.FromResult(true);
        };
        var clock = new TurnedClock();
        await using var client = new TokenClient(server.Issuer, Certificate, options => options.FailureLifetime = TimeSpan.FromSeconds(1), clock);
        BoundTokenGuardException refused;
        do
        {
            refused = await client.RefusedAsync();
            clock.Date += TimeSpan.FromSeconds(1);
        }
        while (!refused.Message.Contains("not tried", StringComparison.Ordinal) && server.TokenRequests.Count < 30);

        Assert.Contains("not tried", refused.Message, StringComparison.Ordinal);
        Assert.InRange(server.TokenRequests.Count, 10, 12);
    }

    private static async Task<ScriptedAuthorizationServer> StartAsync(int? life)
    {
        var server = await ScriptedAuthorizationServer.StartAsync();
        server.Answer = answer =>
        {
            answer.Remove("expires_in");
            if (life is { } seconds)
            {
                answer["expires_in"] = seconds;
            }
        };
        return server;
    }

    private TokenClient NewClient(ScriptedAuthorizationServer server) => new(server.Issuer, Certificate, clock: _clock);

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while (!await condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>The two clocks of a machine, each of which can go wrong alone.</summary>
    private sealed class TurnedClock : TimeProvider
    {
        public TimeSpan Date { get; set; }

        public TimeSpan Timestamps { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Date;

        public override long GetTimestamp() => System.GetTimestamp() + (long)(Timestamps.TotalSeconds * TimestampFrequency);
    }
}
