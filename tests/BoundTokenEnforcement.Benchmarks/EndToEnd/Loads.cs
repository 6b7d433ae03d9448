using System.Net;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>The names of the loads, and what must become of them.</summary>
internal static class Loads
{
    private static readonly Dictionary<string, Load> ByName = new(StringComparer.Ordinal)
    {
        ["accept"] = Load.Accept,
        ["mismatch"] = Load.Mismatch,
        ["none"] = Load.NoCertificate,
        ["bad-signature"] = Load.BadSignature,
        ["many-tokens"] = Load.ManyTokens,
        ["overflow"] = Load.Overflow,
        ["cold"] = Load.Cold,
    };

    internal static IReadOnlyCollection<string> Names => ByName.Keys;

    internal static Load Parse(string name) => ByName[name];

    internal static string Name(this Load load) => ByName.First(named => named.Value == load).Key;

    /// <summary>The only status that may come back. A measurement of anything else would be worthless.</summary>
    internal static HttpStatusCode ExpectedOf(this Load load, Variant variant) => load switch
    {
        Load.BadSignature when variant.Authenticates() => HttpStatusCode.Unauthorized,
        Load.Mismatch or Load.NoCertificate when variant.EnforcesBinding() => HttpStatusCode.Unauthorized,
        _ => HttpStatusCode.OK,
    };
}
