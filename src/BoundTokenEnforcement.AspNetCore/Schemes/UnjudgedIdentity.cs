namespace BoundTokenEnforcement;

/// <summary>Left on a request into which somebody was let without a judgement: by a cookie, an API key, or a scheme that is left unguarded.</summary>
internal sealed class UnjudgedIdentity
{
    private UnjudgedIdentity()
    {
    }

    internal static UnjudgedIdentity Present { get; } = new();
}
