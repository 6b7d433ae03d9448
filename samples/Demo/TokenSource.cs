using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Demo;

/// <summary>Gets real tokens from the authorization server's token endpoints, found by discovery.</summary>
internal sealed class TokenSource(Uri tokenEndpoint, Uri mutualTlsTokenEndpoint, X509Certificate2 authority)
{
    public Uri MutualTlsTokenEndpoint => mutualTlsTokenEndpoint;

    public static async Task<TokenSource> DiscoverAsync(Uri issuer, X509Certificate2 authority, CancellationToken cancellationToken)
    {
        using var http = TlsClient.Create(authority, certificate: null);
        var metadata = await http.GetFromJsonAsync<JsonElement>(new Uri(issuer, ".well-known/openid-configuration"), cancellationToken);
        return new TokenSource(
            new Uri(metadata.GetProperty("token_endpoint").GetString()!),
            new Uri(metadata.GetProperty("mtls_endpoint_aliases").GetProperty("token_endpoint").GetString()!),
            authority);
    }

    /// <summary>A token bound to <paramref name="certificate"/>, which is also what the client authenticates with.</summary>
    public Task<string> GetBoundTokenAsync(string clientId, X509Certificate2 certificate, CancellationToken cancellationToken) =>
        RequestAsync(mutualTlsTokenEndpoint, certificate, new() { ["client_id"] = clientId }, cancellationToken);

    /// <summary>A token bound to nothing, because there is no certificate on the ordinary endpoint.</summary>
    public Task<string> GetUnboundTokenAsync(string clientId, string secret, CancellationToken cancellationToken) =>
        RequestAsync(tokenEndpoint, certificate: null, new() { ["client_id"] = clientId, ["client_secret"] = secret }, cancellationToken);

    private async Task<string> RequestAsync(Uri endpoint, X509Certificate2? certificate, Dictionary<string, string> form, CancellationToken cancellationToken)
    {
        using var http = TlsClient.Create(authority, certificate);
        using var content = new FormUrlEncodedContent([.. form, new("grant_type", "client_credentials")]);
        using var response = await http.PostAsync(endpoint, content, cancellationToken);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return response.IsSuccessStatusCode
            ? answer.GetProperty("access_token").GetString()!
            : throw new DemoFailedException($"The authorization server gave {form["client_id"]} no token: {answer.GetProperty("error")}.");
    }
}
