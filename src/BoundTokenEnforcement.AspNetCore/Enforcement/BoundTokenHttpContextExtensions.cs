using BoundTokenEnforcement;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Http;

/// <summary>For authentication handlers that accept access tokens in some other way than JwtBearer.</summary>
public static class BoundTokenHttpContextExtensions
{
    /// <summary>
    /// Hands the token behind a success to the decision. To be called by a handler at the end of its authentication, with the result that it would
    /// have returned; it returns what comes back instead. Name the scheme in <see cref="BoundTokenEnforcementOptions.EnforcedByHandler"/>, so that
    /// forgetting the call is noticed.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="success">The handler's success.</param>
    /// <param name="utf8Json">
    /// The JSON object in which <c>cnf</c> may stand: the decoded payload of the JWT exactly as it was signed, or the answer of the introspection
    /// endpoint exactly as it was received.
    /// </param>
    /// <returns>The same success, or a failure.</returns>
    /// <remarks>
    /// The decision uses the options of the scheme that was asked, not by those of the scheme that the ticket names; that one counts only where
    /// the handler was not asked through the <c>IAuthenticationService</c>. Not checked: signature, lifetime, issuer, audience, <c>active</c>.
    /// </remarks>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> or <paramref name="success"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="success"/> is no success.</exception>
    /// <exception cref="InvalidOperationException"><c>AddBoundTokenEnforcement</c> was not called.</exception>
    public static ValueTask<AuthenticateResult> EnforceTokenBindingAsync(
        this HttpContext context, AuthenticateResult success, ReadOnlySpan<byte> utf8Json)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(success);
        if (!success.Succeeded)
        {
            throw new ArgumentException("There is nothing to enforce: the result is not a success.", nameof(success));
        }

        return context.RequestServices.GetRequiredService<BindingEnforcer>()
            .EnforceAsync(context, RequestBinding.Of(context)?.Scheme ?? success.Ticket.AuthenticationScheme, success, Confirmation.Read(utf8Json));
    }
}
