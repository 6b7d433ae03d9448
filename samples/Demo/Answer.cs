using System.Text.Json;
using System.Text.RegularExpressions;

namespace Demo;

/// <summary>Answers in words short enough for a table, and exact enough to be compared.</summary>
internal static partial class Answer
{
    /// <summary>The status, and the error code of the challenge if there is one.</summary>
    public static string Status(HttpResponseMessage response) =>
        ChallengeParameter(response, "error") is { } error ? $"{(int)response.StatusCode} {error}" : $"{(int)response.StatusCode}";

    /// <summary>The status, and whether the member <paramref name="name"/> of the body is exactly <paramref name="expected"/>.</summary>
    public static async Task<string> MemberAsync(HttpResponseMessage response, string name, object expected, string yes, string no)
    {
        if (!response.IsSuccessStatusCode)
        {
            return Status(response);
        }

        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var found = document.RootElement.TryGetProperty(name, out var member) && member.GetRawText() == JsonSerializer.Serialize(expected);
        return $"{(int)response.StatusCode} {(found ? yes : no)}";
    }

    /// <summary>A parameter of the Bearer challenge, if there is exactly one challenge.</summary>
    public static string? ChallengeParameter(HttpResponseMessage response, string name) =>
        response.Headers.WwwAuthenticate is { Count: 1 } challenges && challenges.Single() is { Scheme: "Bearer", Parameter: { } parameters }
            ? Parameters().Matches(parameters).FirstOrDefault(match => match.Groups["name"].Value == name)?.Groups["value"].Value
            : null;

    [GeneratedRegex("(?<name>[a-z_]+)=\"(?<value>[^\"]*)\"")]
    private static partial Regex Parameters();
}
