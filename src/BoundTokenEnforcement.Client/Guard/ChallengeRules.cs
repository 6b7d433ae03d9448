using System.Net;

namespace BoundTokenEnforcement;

/// <summary>What a client may conclude from a 401 about the metadata (RFC 9728 §5): that it is to be fetched again, and never from where.</summary>
internal static class ChallengeRules
{
    private const string ResourceMetadata = "resource_metadata";

    /// <summary>What the challenges of <paramref name="response"/> mean for what we know of <paramref name="resource"/>.</summary>
    internal static ChallengeMeaning MeaningOf(HttpResponseMessage response, ResourceIdentifier resource)
    {
        if (response.StatusCode != HttpStatusCode.Unauthorized)
        {
            return ChallengeMeaning.Nothing;
        }

        var lines = response.Headers.NonValidated.TryGetValues("WWW-Authenticate", out var values) ? values : default;
        if (!AuthenticationChallenge.TryParseAll(lines, out var challenges))
        {
            return ChallengeMeaning.Contradiction;
        }

        var urls = challenges
            .Select(static challenge => challenge.Parameters.TryGetValue(ResourceMetadata, out var url) ? url : null)
            .Where(static url => url is not null)
            .ToList();
        if (urls.Count == 0)
        {
            return ChallengeMeaning.Nothing;
        }

        // D34: only the URL that follows from the identifier.
        return urls.TrueForAll(url => string.Equals(url, resource.MetadataUrl, StringComparison.Ordinal))
            ? ChallengeMeaning.FetchAgain
            : ChallengeMeaning.Contradiction;
    }
}
