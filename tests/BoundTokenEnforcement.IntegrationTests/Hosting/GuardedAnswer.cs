using BoundTokenEnforcement.TestSupport;
namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>What a request to a <see cref="GuardedApi"/> got.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The body.</param>
/// <param name="Challenges">The <c>WWW-Authenticate</c> lines.</param>
/// <param name="Entered">How often this request entered an endpoint.</param>
internal sealed record GuardedAnswer(int Status, string Body, IReadOnlyList<string> Challenges, int Entered)
{
    /// <summary>The <c>Cache-Control</c> field.</summary>
    internal string? CacheControl { get; init; }

    private const string Fixed = "Bearer error=\"invalid_token\", error_description=\"The access token is not valid for this request\"";

    /// <summary>In, once.</summary>
    internal GuardedAnswer AssertIn()
    {
        Assert.Equal((200, 1), (Status, Entered));
        return this;
    }

    /// <summary>401 with the fixed challenge, and no endpoint entered.</summary>
    internal void AssertRefused()
    {
        FailOpen.Count(Entered > 0);
        Assert.Equal(0, Entered);
        Assert.Equal(401, Status);
        Assert.Equal([Fixed], Challenges);
    }

    /// <summary>Another status, and no endpoint entered.</summary>
    internal void AssertRejected(int status)
    {
        FailOpen.Count(Entered > 0);
        Assert.Equal((status, 0), (Status, Entered));
    }
}
