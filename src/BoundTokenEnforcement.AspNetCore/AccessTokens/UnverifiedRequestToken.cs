using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement;

/// <summary>
/// The confirmations of the tokens in the head of a request (Authorization and query), and of those that a ticket holds. Nothing here is validated: what is found can
/// only lead to a refusal.
/// </summary>
internal static class UnverifiedRequestToken
{
    private const string ConfirmationClaim = "cnf";

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

        if (!request.QueryString.HasValue)
        {
            return Confirmation.Absent;
        }

        foreach (var parameter in request.Query[TokenParameter.Name])
        {
            var confirmation = ConfirmationOf(parameter);
            if (!confirmation.IsAbsent)
            {
                return confirmation;
            }
        }

        return Confirmation.Absent;
    }

    /// <summary>The confirmation of the token that a handler stored in its ticket, or of which it left the claim.</summary>
    internal static Confirmation ConfirmationOf(AuthenticateResult success) =>
        success.Principal?.HasClaim(static claim => claim.Type == ConfirmationClaim) == true
            ? Confirmation.Faulty(BindingFailure.SchemeNotEnforced)
            : ConfirmationOf(success.Properties?.GetTokenValue(TokenParameter.Name));

    /// <summary>The confirmation that a handler left as a claim: the JSON text of <c>cnf</c>, read as strictly as that of a token.</summary>
    internal static Confirmation ConfirmationOf(ClaimsPrincipal? user)
    {
        var claims = user?.FindAll(ConfirmationClaim).Take(2).ToList() ?? [];
        return claims switch
        {
            [] => Confirmation.Absent,
            [{ Value: { Length: <= Confirmation.MaxJsonLength / 4 } json }] => Confirmation.Read(Encoding.UTF8.GetBytes($$"""{"{{ConfirmationClaim}}":{{json}}}""")),
            _ => Confirmation.Faulty(BindingFailure.SchemeNotEnforced),
        };
    }

    private static Confirmation ConfirmationOf(ReadOnlySpan<char> token) =>
        CompactJwt.TryGetPayload(token, out var payload) ? JwtConfirmation.Read(payload) : Confirmation.Absent;

    /// <summary>What follows the scheme, whichever it is.</summary>
    private static ReadOnlySpan<char> Credentials(ReadOnlySpan<char> line)
    {
        var blank = line.IndexOf(' ');
        return blank < 0 ? line : line[(blank + 1)..].Trim(' ');
    }
}
