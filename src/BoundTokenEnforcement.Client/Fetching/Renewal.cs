namespace BoundTokenEnforcement;

/// <summary>A value that was just fetched.</summary>
/// <param name="Value">The value.</param>
/// <param name="Age">Since when it lives: since before it was asked for.</param>
/// <param name="Life">For how long it may be used.</param>
/// <param name="Margin">How long before its end the next one is fetched.</param>
internal sealed record Renewal<T>(T Value, Age Age, TimeSpan Life, TimeSpan Margin)
    where T : class
{
    internal bool IsOver => Age.Elapsed >= Life;

    internal bool IsDue => Age.Elapsed >= Life - Margin;
}
