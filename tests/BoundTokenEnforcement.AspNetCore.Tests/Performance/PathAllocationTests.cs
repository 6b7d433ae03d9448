using BoundTokenEnforcement.AspNetCore.Tests.Keys;
using BoundTokenEnforcement.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>
/// What a request allocates from the first line of our pipeline to the result of authentication, with keys that were fetched. Bytes do not depend on the machine.
/// </summary>
public sealed class PathAllocationTests
{
    private static readonly AuthenticationScene.Connection Owner = new(Api.A);
    private static readonly AuthenticationScene.Connection Thief = new(Api.B);
    private static readonly string Token = $"Bearer {Api.Issuer.BoundTo(Api.A)}";

    [Fact]
    public async Task Accept_OverPlainJwtBearer_AllocatesNoMoreThan200Bytes()
    {
        var plain = await BytesOf(Plain(), Owner, accepted: true);
        var bound = await BytesOf(Bound(), Owner, accepted: true);

        Assert.True(bound - plain <= 200, $"Plain JwtBearer allocates {plain} bytes, and with the binding {bound}.");
    }

    // Much less than an accepted token: it is not even read by the token library.
    [Fact]
    public async Task Reject_TokenOfAnotherCertificate_AllocatesAThirdOfAnAccept()
    {
        var accept = await BytesOf(Bound(), Owner, accepted: true);
        var reject = await BytesOf(Bound(), Thief, accepted: false);

        Assert.True(reject <= accept / 3, $"A rejection allocates {reject} bytes, and an accept {accept}.");
    }

    [Fact]
    public async Task Accept_OfARememberedIdentity_AllocatesAtLeast6500BytesLessThanPlainJwtBearer()
    {
        var plain = await BytesOf(Plain(), Owner, accepted: true);
        var remembered = await BytesOf(Remembering(), Owner, accepted: true);

        Assert.True(plain - remembered >= 6_500, $"Plain JwtBearer allocates {plain} bytes, and with identities remembered {remembered}.");
    }

    private static AuthenticationScene Remembering() => new(
        Api.Issuer,
        static services => services.AddBoundTokenEnforcement().AddValidatedTokenCache(static options => options.Remember = ValidatedTokenCacheContent.Identities),
        new ScriptedServer().Configure);

    private static AuthenticationScene Plain() => new(Api.Issuer, static _ => { }, new ScriptedServer().Configure);

    private static AuthenticationScene Bound() => new(Api.Issuer, static services => services.AddBoundTokenEnforcement(), new ScriptedServer().Configure);

    // The least of several rounds: a collection or a table that grows may fall into one of them.
    private static async Task<long> BytesOf(AuthenticationScene scene, AuthenticationScene.Connection connection, bool accepted)
    {
        const int Requests = 200;

        // Fetches the keys, and compiles what is run.
        for (var i = 0; i < Requests; i++)
        {
            Assert.Equal(accepted, await scene.SendAsync(connection, Token));
        }

        var least = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            least = Math.Min(least, Measure());
        }

        return least;

        long Measure()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Requests; i++)
            {
                // A request that waits would go on in another thread, where its bytes are not counted.
                Assert.True(scene.SendAsync(connection, Token).IsCompletedSuccessfully);
            }

            return (GC.GetAllocatedBytesForCurrentThread() - before) / Requests;
        }
    }
}
