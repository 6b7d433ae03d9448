namespace BoundTokenEnforcement;

/// <summary>
/// Accepts tokens without a confirmation at this endpoint, even if <see cref="BoundTokenEnforcementOptions.Requirement"/> is
/// <see cref="BindingRequirement.Required"/>. A bound token is verified all the same.
/// </summary>
/// <remarks>
/// While there is such an endpoint, the metadata does not claim that bound tokens are supported. Without effect where authentication runs
/// before routing: then the endpoint is not known yet, and the stricter rule holds.
/// </remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class AllowUnboundTokenAttribute : Attribute
{
}
