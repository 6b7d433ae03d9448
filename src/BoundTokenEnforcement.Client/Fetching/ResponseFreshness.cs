using System.Net.Http.Headers;

namespace BoundTokenEnforcement;

/// <summary>For how long a server lets its document be kept (RFC 9111 §4.2, RFC 9728 §7.10), before our own bounds.</summary>
internal static class ResponseFreshness
{
    private static readonly TimeSpan Unsaid = TimeSpan.FromMinutes(5);

    /// <summary>What is left of the life of <paramref name="response"/>, which took <paramref name="delay"/> to come. Not above zero: it should not be kept.</summary>
    internal static TimeSpan Of(HttpResponseMessage response, TimeSpan delay)
    {
        var life = response.Headers.NonValidated.Contains("Cache-Control") ? Said(response.Headers.CacheControl) : Unsaid;
        return life - (response.Headers.Age ?? TimeSpan.Zero) - delay;
    }

    // Directives that cannot be read may have been the ones that forbid.
    private static TimeSpan Said(CacheControlHeaderValue? directives) => directives switch
    {
        null or { NoStore: true } or { NoCache: true } => TimeSpan.Zero,
        { MaxAge: { } maxAge } => maxAge,
        _ => Unsaid,
    };
}
