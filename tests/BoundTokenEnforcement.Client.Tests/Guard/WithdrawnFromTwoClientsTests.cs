using BoundTokenEnforcement.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.Client.Tests.Guard;

/// <summary>What a resource once said to one client of an application, it said to all.</summary>
public sealed class WithdrawnFromTwoClientsTests
{
    [Theory]
    [InlineData(true, GuardFailure.EnforcementWithdrawn)]
    [InlineData(false, GuardFailure.BoundTokensNotSupported)]
    public async Task Resource_SaidTrueToAnotherClient_IsAWithdrawal(bool firstAsks, GuardFailure expected)
    {
        GuardFixture? first = null;
        await using var guard = GuardFixture.Start(build: builder => builder.Services.AddHttpClient("second").AddBoundTokenGuard(options =>
        {
            options.Resource = first!.Resource;
            options.AllowLoopback = true;
            options.AllowedIssuers.Add(TestTokenIssuer.DefaultIssuer);
            options.ServerCertificateChainPolicy = first.Server.TrustingPolicy();
            options.ClientCertificate = GuardFixture.Certificate;
        }));
        first = guard;
        if (firstAsks)
        {
            await guard.ArrivesAsync();
        }

        guard.Metadata = _ => ScriptedAnswer.Json(guard.Document(""" "tls_client_certificate_bound_access_tokens": false """));
        using var request = guard.Request();
        var thrown = await Assert.ThrowsAsync<BoundTokenGuardException>(() =>
            guard.Services.GetRequiredService<IHttpClientFactory>().CreateClient("second").SendAsync(request, TestContext.Current.CancellationToken));

        Assert.Equal(expected, thrown.Failure);
    }
}
