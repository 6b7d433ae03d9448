namespace BoundTokenEnforcement;

/// <summary>A token that this library obtained: from which issuer, with which certificate, and for which guarded client (compared by reference).</summary>
internal sealed record ObtainedToken(string Value, string Issuer, ClientCertificate Certificate, object Owner)
{
    private static readonly HttpRequestOptionsKey<ObtainedToken> Key = new("BoundTokenEnforcement.ObtainedToken");

    /// <summary>The token that was put into <paramref name="request"/>; <see langword="null"/> if another one stands there by now.</summary>
    internal static ObtainedToken? Of(HttpRequestMessage request) =>
        request.Options.TryGetValue(Key, out var token) && string.Equals(request.Headers.Authorization?.Parameter, token.Value, StringComparison.Ordinal)
            ? token
            : null;

    /// <summary>Not the token: options of requests are printed by all kinds of tools.</summary>
    public override string ToString() => $"a token of {Issuer}";

    internal void PutInto(HttpRequestMessage request)
    {
        request.Headers.Authorization = new("Bearer", Value);
        request.Options.Set(Key, this);
    }
}
