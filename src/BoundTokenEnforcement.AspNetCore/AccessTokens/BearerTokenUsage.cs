using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement;

/// <summary>How a token may travel (RFC 6750 §2): once, and so that no two readers can disagree about it.</summary>
internal static class BearerTokenUsage
{
    /// <summary>Whether the head of the request carries a token in more than one way, or in one that can be read differently.</summary>
    internal static bool IsAmbiguous(HttpRequest request)
    {
        var lines = request.Headers.Authorization;
        return lines.Count > 1 || BearerCredentials.Read(lines, out _) switch
        {
            BearerCredentialsReading.None => false,
            BearerCredentialsReading.Token => request.QueryString.HasValue && request.Query.ContainsKey(TokenParameter.Name),
            _ => true,
        };
    }
}
