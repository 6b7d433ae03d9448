using Microsoft.AspNetCore.Authorization;

namespace BoundTokenEnforcement;

/// <summary>
/// Demands a token whose binding was verified, even if <see cref="BoundTokenEnforcementOptions.Requirement"/> is
/// <see cref="BindingRequirement.WhenBound"/>. Also an authorization requirement: a cookie, an API key or an unbound token never satisfies it.
/// </summary>
/// <remarks>In <see cref="EnforcementMode.ReportOnly"/>, what is refused is let through here too.</remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class RequireBoundTokenAttribute : AuthorizeAttribute
{
    internal const string PolicyName = "BoundTokenEnforcement.RequireBoundToken";

    /// <summary>Creates the attribute.</summary>
    public RequireBoundTokenAttribute() : base(PolicyName)
    {
    }
}
