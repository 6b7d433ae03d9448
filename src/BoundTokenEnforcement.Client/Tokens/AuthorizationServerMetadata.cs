using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace BoundTokenEnforcement;

/// <summary>What the metadata of an authorization server (RFC 8414) says, as far as it matters here.</summary>
internal sealed class AuthorizationServerMetadata
{
    internal const int MaxLength = 64 * 1024;

    private AuthorizationServerMetadata(Uri tokenEndpoint) => TokenEndpoint = tokenEndpoint;

    /// <summary>Where tokens are asked for over mutual TLS.</summary>
    internal Uri TokenEndpoint { get; }

    /// <exception cref="BoundTokenGuardException">The document is not strict JSON, not of this issuer, or does not say what it must.</exception>
    internal static AuthorizationServerMetadata Read(byte[] utf8, IssuerIdentifier issuer, ResourceIdentifier resource, ClientAuthenticationMethod method) =>
        StrictJson.TryRead(utf8, json => Read(json, issuer, resource, method), out var metadata)
            ? metadata
            : throw Refuse(issuer, "it is not one JSON object in which no name occurs twice");

    private static AuthorizationServerMetadata Read(JsonElement json, IssuerIdentifier issuer, ResourceIdentifier resource, ClientAuthenticationMethod method)
    {
        // RFC 8414 §3.3: character by character, or nothing in it counts.
        if (!string.Equals(json.Text("issuer"), issuer.Value, StringComparison.Ordinal))
        {
            throw Refuse(issuer, $"its issuer is {ForeignText.Quote(json.Text("issuer"))}; both must be the same, character by character (RFC 8414 §3.3)");
        }

        // RFC 8705 §3.3: absent is false.
        if (!json.TryGetProperty("tls_client_certificate_bound_access_tokens", out var flag) || flag.ValueKind != JsonValueKind.True)
        {
            throw Refuse(issuer, "it does not say that tokens are bound to the client certificate");
        }

        // RFC 9728 §4
        if (!json.ListIsAbsentOrContains("protected_resources", resource.Value))
        {
            throw Refuse(issuer, $"its list of protected resources does not contain '{resource}'");
        }

        var name = method == ClientAuthenticationMethod.SelfSignedTlsClientAuth ? "self_signed_tls_client_auth" : "tls_client_auth";
        if (!json.ListIsAbsentOrContains("token_endpoint_auth_methods_supported", name))
        {
            throw Refuse(issuer, $"its list of client authentication methods does not contain {name}");
        }

        return new AuthorizationServerMetadata(TokenEndpointOf(json, issuer));
    }

    private static Uri TokenEndpointOf(JsonElement json, IssuerIdentifier issuer)
    {
        const string TokenEndpoint = "token_endpoint";

        // RFC 8705 §5: the alias comes first, wherever it is. Nothing else in the aliases is read, so nothing else can have an effect.
        var holder = json;
        if (json.TryGetProperty("mtls_endpoint_aliases", out var aliases))
        {
            if (aliases.ValueKind != JsonValueKind.Object)
            {
                throw Refuse(issuer, "its mtls_endpoint_aliases is not an object");
            }

            // A broken alias is a fault and no reason to go to the other endpoint.
            holder = aliases.TryGetProperty(TokenEndpoint, out _) ? aliases : json;
        }

        return IsEndpoint(holder.Text(TokenEndpoint), out var endpoint) ? endpoint : throw Refuse(issuer, "it names no token endpoint that is an https URL");
    }

    // As strict as for a resource: https, no user information, no fragment, nothing that two readers could read in two ways.
    private static bool IsEndpoint(string? text, [NotNullWhen(true)] out Uri? endpoint)
    {
        endpoint = null;
        return ResourceIdentifier.TryParse(text, out _) && Uri.TryCreate(text, UriKind.Absolute, out endpoint);
    }

    private static BoundTokenGuardException Refuse(IssuerIdentifier issuer, string why) =>
        new(GuardFailure.AuthorizationServerUnusable, $"The metadata of '{issuer}' cannot be used: {why}.");
}
