using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement;

/// <summary>How a token may travel (RFC 6750 §2): once, and so that no two readers can disagree about it.</summary>
internal static class TokenTransport
{
    private const string QueryParameter = "access_token";

    internal static bool IsAmbiguous(HttpRequest request)
    {
        var lines = request.Headers.Authorization;
        if (lines.Count > 1)
        {
            return true;
        }

        return BearerCredentials.Read(lines, out _) switch
        {
            BearerCredentialsReading.None => false,
            BearerCredentialsReading.Token => request.QueryString.HasValue && request.Query.ContainsKey(QueryParameter),
            _ => true,
        };
    }
}
