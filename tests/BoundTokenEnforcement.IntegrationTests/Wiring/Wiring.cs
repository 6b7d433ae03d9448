using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>One way in which an application wires up JwtBearer.</summary>
internal sealed record Wiring(int Schemes, bool HasDefaultScheme, EventsWiring Events, bool RemembersIdentities = false)
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
            var enforcement = builder.Services.AddBoundTokenEnforcement();
            if (RemembersIdentities)
            {
                enforcement.AddValidatedTokenCache(static options => options.Remember = ValidatedTokenCacheContent.Identities);
            }
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
