namespace BoundTokenEnforcement;

/// <summary>The parameter that carries a token in a query or a form (RFC 6750 §2.2, §2.3).</summary>
internal static class TokenParameter
{
    internal const string Name = "access_token";
}
