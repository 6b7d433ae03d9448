using BoundTokenEnforcement;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets the host of a test suite accept test users and test tokens.</summary>
public static class BoundTokenTestingServiceCollectionExtensions
{
    /// <summary>
    /// Accepts the users of test schemes, whose handlers make up a user, and the tokens of <see cref="BoundTokenMint"/> in every JwtBearer scheme, in addition to those that the application accepts. Bindings are
    /// enforced as always. Call it last, in <c>ConfigureTestServices</c>.
    /// </summary>
    /// <remarks>The host starts only with the <c>TestServer</c> of Microsoft.AspNetCore.TestHost, which listens on no network. With any other server it throws.</remarks>
    /// <param name="services">The services of the host under test.</param>
    /// <param name="testSchemes">The names of the authentication schemes that only the test suite adds.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException">One of them is <see langword="null"/>.</exception>
    public static IServiceCollection AddBoundTokenTesting(this IServiceCollection services, params string[] testSchemes)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(testSchemes);
        services.TryAddSingleton<BoundTokenMint>();

        // First of all, so that nothing of the application starts.
        services.Insert(0, ServiceDescriptor.Singleton<Hosting.IHostedService, TestHostGuard>());

        // The guard could be removed. The key of the mint is not accepted without it either: this asks for the server too.
        AcceptMintedTokens.AddTo(services);
        services.AddSingleton<IConfigureOptions<BoundTokenEnforcementOptions>>(new TrustTestSchemes(testSchemes));
        return services;
    }
}
