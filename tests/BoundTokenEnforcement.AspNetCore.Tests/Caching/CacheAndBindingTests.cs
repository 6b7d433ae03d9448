using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>Whatever is remembered, each request is judged by its own connection.</summary>
public abstract class CacheAndBindingTests(ValidatedTokenCacheContent content)
{
    private readonly CountingCryptoProviderFactory _crypto = new();

    [Fact]
    public async Task Connection_OfAnother_IsRefusedWithARememberedToken()
    {
        await using var api = await StartAsync(_crypto);
        var token = Api.Issuer.BoundTo(Api.A);
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);

        (await api.GetAsync(token, null)).IsUnauthorized();
        (await api.GetAsync(token, Api.B)).IsUnauthorized();

        Assert.Single(api.Visits);
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);
        Assert.Equal(1, _crypto.Verifications);
    }

    // Where refusals are only told, nothing is refused early: the judgement itself is seen at work on a hit.
    [Fact]
    public async Task ReportOnly_RememberedToken_IsJudgedByEachConnection()
    {
        await using var api = await Api.StartAsync(Caching.Guarded(_crypto, enforcement: options => options.ReportOnly("Bearer")), Caching.Remembering(content));
        var token = Api.Issuer.BoundTo(Api.A);

        foreach (var certificate in new[] { Api.A, Api.B, null, Api.A })
        {
            Assert.Equal(200, (await api.GetAsync(token, certificate)).Status);
        }

        Assert.Equal(1, _crypto.Verifications);
        Assert.Equal(
            [null, BindingFailure.CertificateMismatch, BindingFailure.CertificateMissing, null],
            api.Visits.Select(visit => visit.Feature?.Failure));
        (await api.GetAsync(Caching.Tampered(token), Api.A)).IsUnauthorized();
    }

    [Fact]
    public async Task SameToken_ThousandTimesWithAnotherCertificateAtOnce_OnlyTheRightConnectionPasses()
    {
        await using var api = await StartAsync(_crypto);
        var token = Api.Issuer.BoundTo(Api.A);

        await Parallel.ForAsync(0, 2_000, TestContext.Current.CancellationToken, async (number, _) =>
        {
            var isOurs = number % 2 == 0;
            var answer = await api.GetAsync(token, isOurs ? Api.A : number % 4 == 1 ? Api.B : null);
            if (!isOurs)
            {
                FailOpen.Count(answer.Status == StatusCodes.Status200OK);
            }

            Assert.Equal(isOurs ? 200 : 401, answer.Status);
        });

        Assert.Equal(1_000, api.Visits.Count);
        Assert.Equal(1, _crypto.Verifications);
    }

    [Fact]
    public async Task Token_Unbound_IsRefusedAsBefore()
    {
        await using var api = await StartAsync(_crypto);
        var token = Api.Issuer.Issue();

        (await api.GetAsync(token, Api.A)).IsUnauthorized();
        (await api.GetAsync(token, Api.A)).IsUnauthorized();

        Assert.Empty(api.Visits);
        await api.EnforcesBindingAsync();
    }

    private Task<Api> StartAsync(CountingCryptoProviderFactory crypto, Action<JwtBearerOptions>? jwt = null) =>
        Api.StartAsync(Caching.Guarded(crypto, jwt), Caching.Remembering(content));
}

public sealed class CacheAndBindingOfSignaturesTests() : CacheAndBindingTests(ValidatedTokenCacheContent.Signatures);

public sealed class CacheAndBindingOfIdentitiesTests() : CacheAndBindingTests(ValidatedTokenCacheContent.Identities);
