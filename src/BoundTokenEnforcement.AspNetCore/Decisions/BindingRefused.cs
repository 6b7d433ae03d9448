using Microsoft.AspNetCore.Authentication;

namespace BoundTokenEnforcement;

/// <summary>The authentication result of every refusal. One text for all: what went wrong stands in <see cref="IBoundTokenFeature.Failure"/>.</summary>
internal static class BindingRefused
{
    internal static AuthenticateResult Result { get; } = AuthenticateResult.Fail("The binding of the access token was not verified.");
}
