namespace BoundTokenEnforcement.Benchmarks;

/// <summary>One thing that is measured in every round.</summary>
/// <param name="Variant">The server.</param>
/// <param name="Algorithm">Of the tokens: ES256 or RS256.</param>
/// <param name="Load">The requests.</param>
/// <param name="IsHttp2">Whether they are sent with HTTP/2 instead of HTTP/1.1.</param>
internal sealed record Cell(Variant Variant, string Algorithm, Load Load, bool IsHttp2 = false)
{
    public override string ToString() => $"{Variant.Name()} {Algorithm} {Load.Name()}{(IsHttp2 ? " HTTP/2" : "")}";
}
