namespace BoundTokenEnforcement.Benchmarks;

/// <summary>The names of the variants, and what is to be expected of them.</summary>
internal static class Variants
{
    private static readonly Dictionary<string, Variant> ByName = new(StringComparer.Ordinal)
    {
        ["none"] = Variant.None,
        ["plain"] = Variant.Plain,
        ["plain-again"] = Variant.PlainAgain,
        ["bound"] = Variant.Bound,
        ["bound+log"] = Variant.BoundLogged,
        ["bound+cache"] = Variant.BoundCached,
        ["bound+identities"] = Variant.BoundIdentities,
        ["bound+small-cache"] = Variant.BoundSmallCache,
        ["forwarded"] = Variant.Forwarded,
        ["openiddict"] = Variant.OpenIddict,
    };

    internal static IEnumerable<string> Names => ByName.Keys;

    internal static Variant Parse(string name) => ByName[name];

    internal static string Name(this Variant variant) => ByName.First(named => named.Value == variant).Key;

    internal static bool IsCached(this Variant variant) => variant is Variant.BoundCached or Variant.BoundIdentities or Variant.BoundSmallCache;

    internal static bool Authenticates(this Variant variant) => variant != Variant.None;

    internal static bool EnforcesBinding(this Variant variant) => variant is not (Variant.None or Variant.Plain or Variant.PlainAgain);
}
