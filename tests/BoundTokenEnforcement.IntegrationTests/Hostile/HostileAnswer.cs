using System.Text.RegularExpressions;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>What a request got, and whom the endpoint saw.</summary>
/// <param name="Status">The status.</param>
/// <param name="Headers">The header lines.</param>
/// <param name="Subjects">One entry for each time an endpoint was entered: the subject, or null for nobody.</param>
public sealed partial record HostileAnswer(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, IReadOnlyList<string?> Subjects)
{
    /// <summary>The <c>WWW-Authenticate</c> lines.</summary>
    public IReadOnlyList<string> Challenges => Values("WWW-Authenticate");

    /// <summary>Fails unless this is what was expected.</summary>
    /// <param name="expected">What the catalogue says.</param>
    /// <param name="fixedChallenge">The one text of every <c>invalid_token</c> challenge; null where the server is not ours and varies it.</param>
    public void AssertIs(Expected expected, string? fixedChallenge)
    {
        switch (expected)
        {
            case Expected.Pass:
                Assert.Equal(200, Status);
                Assert.Equal(["alice"], Subjects);
                Assert.Empty(Challenges);
                break;
            case Expected.PassOrInvalidToken when Status == 200:
                AssertIs(Expected.Pass, fixedChallenge);
                break;
            case Expected.InvalidToken or Expected.PassOrInvalidToken:
                AssertRefusal(401, "invalid_token", fixedChallenge is not null);
                if (fixedChallenge is not null)
                {
                    Assert.Equal(fixedChallenge, Challenges[0]);
                }

                break;
            case Expected.NoToken:
                AssertRefusal(401, error: null, ours: fixedChallenge is not null);
                break;
            case Expected.Unauthorized:
                AssertIs(Challenges.Any(c => c.Contains("error=", StringComparison.Ordinal)) ? Expected.InvalidToken : Expected.NoToken, fixedChallenge);
                break;
            case Expected.InvalidRequest:
                AssertRefusal(400, "invalid_request", fixedChallenge is not null);
                break;
            case Expected.Anonymous:
                Assert.Equal(200, Status);
                Assert.Equal([null], Subjects);
                break;
            case Expected.AnonymousOrRefused when Status == 200:
                Assert.Equal([null], Subjects);
                break;
            case Expected.Refused or Expected.AnonymousOrRefused when Status == 400 && Challenges.Count == 0:
                // The server's own parser, before anything of ours ran.
                Assert.Empty(Subjects);
                break;
            case Expected.Refused or Expected.AnonymousOrRefused:
                AssertIs(Status == 400 ? Expected.InvalidRequest : Expected.Unauthorized, fixedChallenge);
                break;
            case Expected.HeadersTooLarge:
                Assert.Equal(431, Status);
                Assert.Empty(Subjects);
                break;
            default:
                Assert.Fail($"No rule for {expected}");
                break;
        }
    }

    /// <summary>The values of every line with this name.</summary>
    public IReadOnlyList<string> Values(string name) =>
        [.. Headers.Where(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value)];

    private void AssertRefusal(int status, string? error, bool ours)
    {
        Assert.Empty(Subjects);
        Assert.Equal(status, Status);
        var challenge = Assert.Single(Challenges);
        Assert.Matches(WellFormedChallenge(), challenge);
        if (error is null)
        {
            Assert.DoesNotContain("error", challenge, StringComparison.Ordinal);
        }
        else
        {
            Assert.Single(Regex.Matches(challenge, $"\\berror=\"{error}\""));
        }

        if (ours)
        {
            Assert.Empty(Values("Set-Cookie"));
            Assert.Contains(Values("Cache-Control"), v => v.Contains("no-store", StringComparison.Ordinal));
        }
    }

    // RFC 9110 §11.6.1, with every value quoted and nothing in need of escaping.
    [GeneratedRegex("""^Bearer( [a-z_]+="[^"\\]*"(, ?[a-z_]+="[^"\\]*")*)?$""")]
    private static partial Regex WellFormedChallenge();
}
