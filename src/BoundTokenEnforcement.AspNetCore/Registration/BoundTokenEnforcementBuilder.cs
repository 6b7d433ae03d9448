using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement;

/// <summary>Adds to the enforcement of bound tokens. Returned by <c>AddBoundTokenEnforcement</c>.</summary>
public sealed class BoundTokenEnforcementBuilder
{
    internal BoundTokenEnforcementBuilder(IServiceCollection services) => Services = services;

    /// <summary>The application's services.</summary>
    public IServiceCollection Services { get; }
}
