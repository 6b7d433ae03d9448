using System.Collections.Concurrent;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>One way in which an application wires up JwtBearer.</summary>
internal sealed record Wiring(int Schemes, bool HasDefaultScheme, EventsWiring Events)
{
    /// <summary>The issuers whose tokens this application accepts.</summary>
    internal IEnumerable<TestTokenIssuer> Issuers => Wirings.Issuers.Take(HasDefaultScheme ? 1 : Schemes);

    internal Task<TlsApiHost> StartAsync() => TlsApiHost.StartAsync(
        builder =>
        {
            var names = Enumerable.Range(0, Schemes).Select(number => $"scheme{number}").ToArray();
            var authentication = HasDefaultScheme ? builder.Services.AddAuthentication(names[0]) : builder.Services.AddAuthentication();
            foreach (var (name, issuer) in names.Zip(Wirings.Issuers))
            {
                AddScheme(authentication, name, issuer);
            }

            builder.Services.AddTransient<ApplicationEvents>();
            builder.Services.AddAuthorizationBuilder().AddPolicy(Entrances.PolicyName, policy =>
            {
                policy.RequireAuthenticatedUser();
                if (!HasDefaultScheme)
                {
                    policy.AddAuthenticationSchemes(names);
                }
            });
            builder.Services.AddEntrances();
            builder.Services.AddBoundTokenEnforcement();
        },
        app => app.MapEntrances());

    private void AddScheme(AuthenticationBuilder authentication, string name, TestTokenIssuer issuer) =>
        authentication.AddJwtBearer(name, options =>
        {
            issuer.Configure(options);
            switch (Events)
            {
                case EventsWiring.Replaced:
                    options.Events = new ApplicationEvents();
                    break;
                case EventsWiring.EventsType:
                    options.EventsType = typeof(ApplicationEvents);
                    break;
            }
        });
}

/// <summary>The applications of the matrix; each one is started once, for all its rows.</summary>
public sealed class Wirings : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Wiring, Lazy<Task<TlsApiHost>>> _hosts = new();

    internal static IReadOnlyList<TestTokenIssuer> Issuers { get; } =
        [.. Enumerable.Range(0, 3).Select(number => new TestTokenIssuer { Issuer = $"https://as{number}.test" })];

    internal Task<TlsApiHost> HostOf(Wiring wiring) => _hosts.GetOrAdd(wiring, static w => new(w.StartAsync)).Value;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts.Values)
        {
            await (await host.Value).DisposeAsync();
        }
    }
}
