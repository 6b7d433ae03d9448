using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement;

/// <summary>
/// The confirmations of the tokens that a request or a ticket carries, wherever they come from. Nothing here is validated: what is found can
/// only lead to a refusal.
/// </summary>
internal static class CarriedToken
{
    private const string ConfirmationClaim = "cnf";
    private const string StoredToken = "access_token";
    private const string QueryParameter = "access_token";

    /// <summary>The confirmation of the token in the request; absent if there is no token, or one that only its issuer can read.</summary>
    internal static Confirmation ConfirmationOf(HttpRequest request)
    {
        foreach (var line in request.Headers.Authorization)
        {
            var confirmation = ConfirmationOf(Credentials(line));
            if (!confirmation.IsAbsent)
            {
                return confirmation;
            }
        }

        return request.QueryString.HasValue ? ConfirmationOf(request.Query[QueryParameter].ToString()) : Confirmation.Absent;
    }

    /// <summary>The confirmation of the token that a handler stored in its ticket, or of which it left the claim.</summary>
    internal static Confirmation ConfirmationOf(AuthenticateResult success) =>
        success.Principal?.HasClaim(static claim => claim.Type == ConfirmationClaim) == true
            ? Confirmation.Faulty(BindingFailure.SchemeUnguarded)
            : ConfirmationOf(success.Properties?.GetTokenValue(StoredToken));

    private static Confirmation ConfirmationOf(ReadOnlySpan<char> token) =>
        CompactJwt.TryGetPayload(token, out var payload) ? JwtConfirmation.Read(payload) : Confirmation.Absent;

    /// <summary>What follows the scheme, whichever it is.</summary>
    private static ReadOnlySpan<char> Credentials(ReadOnlySpan<char> line)
    {
        var blank = line.IndexOf(' ');
        return blank < 0 ? line : line[(blank + 1)..].Trim(' ');
    }
}
