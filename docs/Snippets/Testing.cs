using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;

namespace BoundTokenEnforcement.Snippets;

internal static class Testing<TProgram>
    where TProgram : class
{
    internal static WebApplicationFactory<TProgram> FakeHandler()
    {
        #region testing-fake-handler
        var factory = new WebApplicationFactory<TProgram>().WithWebHostBuilder(host =>
            host.ConfigureTestServices(services => services.AddBoundTokenTesting("Test")));
        #endregion
        return factory;
    }

    internal static async Task SendAsync(WebApplicationFactory<TProgram> factory, X509Certificate2 certificate)
    {
        #region testing-tokens
        var mint = factory.Services.GetRequiredService<BoundTokenMint>();
        mint.Claims["scope"] = "orders.read";
        using var client = factory.Server.CreateClient(certificate);
        client.DefaultRequestHeaders.Authorization = new("Bearer", mint.Bound(certificate));
        using var response = await client.GetAsync("/orders");
        #endregion
    }

    internal static async Task ProveAsync(WebApplicationFactory<TProgram> factory)
    {
        #region testing-proof
        await factory.Server.AssertRefusesStolenTokenAsync("/orders");
        #endregion
    }
}
