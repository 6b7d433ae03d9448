using Microsoft.AspNetCore.Authorization;

namespace BoundTokenEnforcement;

/// <summary>
/// Demands a token whose binding was verified, even if <see cref="BoundTokenEnforcementOptions.Requirement"/> is
/// <see cref="BindingRequirement.WhenBound"/>. Also an authorization requirement: a cookie, an API key or an unbound token never satisfies it.
/// </summary>
/// <remarks>
/// In <see cref="EnforcementMode.ReportOnly"/>, what is refused is let through here too.
/// On a single method of a SignalR hub it rejects everyone over long polling, because SignalR keeps the decision from the method there: put it on the hub.
/// </remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class RequireBoundTokenAttribute : AuthorizeAttribute, IAuthorizationRequirementData
{
    internal const string PolicyName = "BoundTokenEnforcement.RequireBoundToken";

    /// <summary>Creates the attribute.</summary>
    public RequireBoundTokenAttribute() : base(PolicyName)
    {
    }

    // The policy is found by its name, and an application's own provider may know another one under every name. This needs no provider.
    IEnumerable<IAuthorizationRequirement> IAuthorizationRequirementData.GetRequirements() => [new BoundTokenRequirement()];
}
