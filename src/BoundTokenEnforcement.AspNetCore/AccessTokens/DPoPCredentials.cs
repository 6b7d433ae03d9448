using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement;

/// <summary>Tells whether a token was sent with the scheme of RFC 9449, which this library does not check.</summary>
internal static class DPoPCredentials
{
    private const string Prefix = "DPoP ";

    internal static bool AreIn(HttpRequest request) =>
        request.Headers.Authorization.ToString().StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);
}
