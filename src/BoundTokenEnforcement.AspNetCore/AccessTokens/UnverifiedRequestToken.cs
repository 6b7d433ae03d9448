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

    /// <summary>The first confirmation in the request, for telemetry; absent if there is no token, or one that only its issuer can read.</summary>
    internal static Confirmation ConfirmationOf(HttpRequest request) => ConfirmationsOf(request) is [var first, ..] ? first : Confirmation.Absent;

    /// <summary>The confirmations of all tokens in the request. It is unknown which of them a handler took, so each must hold.</summary>
    internal static IReadOnlyList<Confirmation> ConfirmationsOf(HttpRequest request)
    {
        var found = new List<Confirmation>();
        foreach (var line in request.Headers.Authorization)
        {
            Add(Credentials(line));
        }

        if (request.QueryString.HasValue)
        {
            foreach (var parameter in request.Query[TokenParameter.Name])
            {
                Add(parameter);
            }
        }

        return found;

        void Add(ReadOnlySpan<char> token)
        {
            var confirmation = ConfirmationOf(token);
            if (!confirmation.IsAbsent)
            {
                found.Add(confirmation);
            }
        }
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
