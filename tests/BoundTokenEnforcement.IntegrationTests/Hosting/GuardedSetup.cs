using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>What a test adds to a <see cref="GuardedApi"/>.</summary>
internal sealed record GuardedSetup
{
    /// <summary>The options of enforcement.</summary>
    internal Action<BoundTokenEnforcementOptions> Options { get; init; } = static _ => { };

    /// <summary>Services and settings, before enforcement is added.</summary>
    internal Action<WebApplicationBuilder, GuardedApi> Before { get; init; } = static (_, _) => { };

    /// <summary>Services and settings, after enforcement was added.</summary>
    internal Action<WebApplicationBuilder, GuardedApi> After { get; init; } = static (_, _) => { };

    /// <summary>Middleware and endpoints, before those that are always there.</summary>
    internal Action<WebApplication, GuardedApi> Map { get; init; } = static (_, _) => { };

    /// <summary>Another listener.</summary>
    internal Action<KestrelServerOptions, X509Certificate2>? Listen { get; init; }
}
