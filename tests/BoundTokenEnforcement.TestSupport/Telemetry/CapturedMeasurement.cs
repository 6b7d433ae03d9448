namespace BoundTokenEnforcement.TestSupport;

/// <summary>One measurement.</summary>
/// <param name="Meter">The meter's name.</param>
/// <param name="Instrument">The instrument's name.</param>
/// <param name="Value">The value; whole numbers too.</param>
/// <param name="Tags">The tags, as text.</param>
public sealed record CapturedMeasurement(string Meter, string Instrument, double Value, IReadOnlyDictionary<string, string?> Tags);
