using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement;

/// <summary>Marks a request whose token could not be validated because there are no keys. It is rejected, but not as an invalid token.</summary>
internal sealed class KeysUnavailable
{
    private static readonly KeysUnavailable Only = new();

    private KeysUnavailable()
    {
    }

    /// <summary>The failure of the authentication.</summary>
    internal static Exception Failure { get; } =
        AuthenticateResult.Fail("The access token could not be validated: no signing keys are available at the moment.").Failure!;

    internal static void Leave(HttpContext context) => context.Features.Set(Only);

    /// <summary>Whether that is what is to be answered: what was refused without any keys stays refused.</summary>
    internal static bool Decides(HttpContext context) =>
        context.Features.Get<KeysUnavailable>() is not null && BoundTokenFeature.Of(context.Features) is not { HasRefused: true };
}
