namespace BoundTokenEnforcement;

/// <summary>Text from the other side, fit for a message: short, on one line, and nothing that a terminal would obey.</summary>
internal static class ForeignText
{
    private const int MaxLength = 200;

    internal static string Quote(string? text) => text is null
        ? "nothing"
        : $"'{string.Concat(text.Take(MaxLength).Select(static character => character is >= ' ' and <= '~' ? character : '?'))}{(text.Length > MaxLength ? "…" : string.Empty)}'";

    internal static string QuoteAll(IEnumerable<string>? texts) =>
        texts is null || !texts.Any() ? "none" : string.Join(", ", texts.Take(5).Select(Quote)) + (texts.Skip(5).Any() ? ", …" : string.Empty);
}
