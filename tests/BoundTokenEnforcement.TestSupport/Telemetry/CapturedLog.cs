using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement.TestSupport;

/// <summary>One log record, with everything a sink could have written of it.</summary>
/// <param name="Category">The logger's name.</param>
/// <param name="Level">The level.</param>
/// <param name="EventId">The event id and name.</param>
/// <param name="Message">The formatted message.</param>
/// <param name="State">The values of the message template, as text.</param>
/// <param name="ExceptionText">The whole exception, or null.</param>
/// <param name="Scopes">The scopes that were open, and their values, as text.</param>
public sealed record CapturedLog(
    string Category,
    LogLevel Level,
    EventId EventId,
    string Message,
    IReadOnlyList<KeyValuePair<string, string?>> State,
    string? ExceptionText,
    IReadOnlyList<string> Scopes)
{
    /// <summary>Everything in one text, for searching.</summary>
    public string Everything =>
        $"{Category} {EventId.Id} {EventId.Name} {Message} {string.Join(' ', State.Select(s => $"{s.Key}={s.Value}"))} {ExceptionText} {string.Join(' ', Scopes)}";
}
