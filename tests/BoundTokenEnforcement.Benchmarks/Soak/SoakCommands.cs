namespace BoundTokenEnforcement.Benchmarks;

/// <summary>What can be done to the guarded API from the inside, and what it counts.</summary>
internal static class SoakCommands
{
    /// <summary>The log sink: one of <see cref="SinkMode"/>.</summary>
    internal const string Log = "log";

    /// <summary>The listener of the metrics: one of <see cref="SinkMode"/>.</summary>
    internal const string Metrics = "metrics";

    /// <summary>The application's <c>OnRejected</c>: one of <see cref="SinkMode"/>.</summary>
    internal const string Alarm = "alarm";

    /// <summary>Reloads the configuration with other values.</summary>
    internal const string ReloadValid = "reload-valid";

    /// <summary>Reloads the configuration with values that make no sense.</summary>
    internal const string ReloadInvalid = "reload-invalid";

    /// <summary>Allocates and drops this many megabytes, and has them collected.</summary>
    internal const string Litter = "litter";

    /// <summary>Blocks this many threads of the pool.</summary>
    internal const string Starve = "starve";

    /// <summary>Lets them go.</summary>
    internal const string Feed = "feed";

    internal const string Entered = "entered";
    internal const string Unproven = "entered without proof";
    internal const string TokensLogged = "records with a token";
    internal const string SinkFaults = "times that a sink was at fault";
    internal const string KeyFetches = "fetches of keys";
    internal const string FailedKeyFetches = "failed fetches of keys";
}
