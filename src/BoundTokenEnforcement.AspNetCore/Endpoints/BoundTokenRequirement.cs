using Microsoft.AspNetCore.Authorization;

namespace BoundTokenEnforcement;

/// <summary>The authorization requirement behind <see cref="RequireBoundTokenAttribute"/>.</summary>
internal sealed class BoundTokenRequirement : IAuthorizationRequirement
{
}
