using System.Security.Authentication;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>
/// The control: the same table against JwtBearer alone, where it too refuses. A row that is red here is wrong in itself, and a twin that
/// is red here would have hidden a server that refuses everything.
/// </summary>
public sealed class PlainJwtBearerTests(PlainJwtBearerTests.Host fixture) : IClassFixture<PlainJwtBearerTests.Host>
{
    [Theory]
    [MemberData(nameof(HostileRun.Keys), MemberType = typeof(HostileRun))]
    public async Task Row_StockHandler_AsTheTableSays(string key)
    {
        if (HostileRun.Row(key).StockRefuses)
        {
            await HostileRun.AssertRowAsync(fixture.Server, key, SslProtocols.None, Handshake.Full, fixedChallenge: null);
        }
        else
        {
            var answer = await fixture.Server.SendRawAsync(HostileRun.Row(key).Build(fixture.Server.Context), SslProtocols.None);
            Assert.Equal(["alice"], answer.Subjects);
            var twin = HostileRun.Row(key).Twin(fixture.Server.Context);
            (await fixture.Server.SendRawAsync(twin, SslProtocols.None)).AssertIs(Expected.Pass, fixedChallenge: null);
        }
    }

    [Fact]
    public async Task StolenToken_StockHandler_FailsOpen()
    {
        var shape = fixture.Server.Context.Good() with { Certificate = null };

        (await fixture.Server.SendRawAsync(shape, SslProtocols.None)).AssertIs(Expected.Pass, fixedChallenge: null);
    }

    [Fact]
    public Task Mutations_StockHandler_AreRefused() => HostileMutations.AssertUnsignedRefusedAsync(fixture.Server, seed: 46, count: 2_000);

    public sealed class Host : IAsyncLifetime
    {
        public HostileHost Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await HostileHost.StartAsync(
            builder => builder.WebHost.ConfigureKestrel(o => o.ConfigureHttpsDefaults(https =>
            {
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.AllowAnyClientCertificate();
            })));

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
