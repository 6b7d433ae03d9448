using System.Net;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>The API on a Unix domain socket: no port that anybody else could connect to.</summary>
public sealed class UnixSocketTests
{
    [Theory]
    [InlineData("nginx", "unix:{0}")]
    [InlineData("HAProxy", "unix@{0}")]
    public async Task Socket_ThatIsTrusted_IsTheProxy(string name, string address)
    {
        var program = ProxyInstallations.Require(name);
        var folder = Directory.CreateTempSubdirectory("api-");
        var socket = Path.Combine(folder.FullName, "api.sock");
        try
        {
            var setup = GuardedProxy.Behind(program.Format, program.Header, forwarded => forwarded.TrustUnixSocket = true) with
            {
                Listen = (kestrel, _) => kestrel.ListenUnixSocket(socket),
            };
            await using var proxy = await GuardedProxy.StartAsync(
                program, static text => text, setup, _ => string.Format(System.Globalization.CultureInfo.InvariantCulture, address, socket));
            var token = proxy.Api.Issuer.BoundTo(proxy.Api.A);

            (await proxy.SendAsync(proxy.Api.A, token, HttpVersion.Version11)).AssertIn();
            (await proxy.SendAsync(proxy.Api.B, token, HttpVersion.Version11)).AssertRefused();
            (await proxy.SendRawAsync(null, token, proxy.Forged(proxy.Api.A))).AssertRefused();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
