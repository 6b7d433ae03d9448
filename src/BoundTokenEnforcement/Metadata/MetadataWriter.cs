using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BoundTokenEnforcement;

/// <summary>Writes a metadata document, the same bytes for the same content.</summary>
internal static class MetadataWriter
{
    private static readonly JsonWriterOptions Options = new()
    {
        // The other encoders escape for HTML, which application/json never is; URLs then stay readable and equal to what was configured.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static byte[] Write(ProtectedResourceMetadata metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            WriteMembers(json, metadata);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteMembers(Utf8JsonWriter json, ProtectedResourceMetadata metadata)
    {
        json.WriteString(MetadataMember.Resource, metadata.Resource.Value);
        WriteList(json, MetadataMember.AuthorizationServers, metadata.AuthorizationServers);
        WriteText(json, MetadataMember.JwksUri, metadata.JwksUri);
        WriteList(json, MetadataMember.ScopesSupported, metadata.ScopesSupported);
        WriteBearerMethods(json, metadata.BearerMethodsSupported);
        WriteList(json, MetadataMember.ResourceSigningAlgValuesSupported, metadata.ResourceSigningAlgValuesSupported);
        WriteLocalized(json, MetadataMember.ResourceName, metadata.ResourceName, metadata.LocalizedResourceNames);
        WriteLocalized(json, MetadataMember.ResourceDocumentation, metadata.ResourceDocumentation, metadata.LocalizedResourceDocumentation);
        WriteLocalized(json, MetadataMember.ResourcePolicyUri, metadata.ResourcePolicyUri, metadata.LocalizedResourcePolicyUris);
        WriteLocalized(json, MetadataMember.ResourceTosUri, metadata.ResourceTosUri, metadata.LocalizedResourceTosUris);
        WriteFlag(json, MetadataMember.TlsClientCertificateBoundAccessTokens, metadata.TlsClientCertificateBoundAccessTokens);
        WriteList(json, MetadataMember.AuthorizationDetailsTypesSupported, metadata.AuthorizationDetailsTypesSupported);
        WriteList(json, MetadataMember.DpopSigningAlgValuesSupported, metadata.DpopSigningAlgValuesSupported);
        WriteFlag(json, MetadataMember.DpopBoundAccessTokensRequired, metadata.DpopBoundAccessTokensRequired);
        WriteText(json, MetadataMember.SignedMetadata, metadata.SignedMetadata);
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteFlag(Utf8JsonWriter json, string name, bool? value)
    {
        if (value is { } flag)
        {
            json.WriteBoolean(name, flag);
        }
    }

    private static void WriteLocalized(Utf8JsonWriter json, string name, string? value, IReadOnlyDictionary<string, string> variants)
    {
        WriteText(json, name, value);
        foreach (var (tag, variant) in variants.OrderBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase))
        {
            json.WriteString($"{name}#{tag}", variant);
        }
    }

    // RFC 9728 §3.2 leaves out a member without values …
    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string>? values)
    {
        if (values is { Count: > 0 })
        {
            WriteArray(json, name, values);
        }
    }

    // … while §2 gives `[]` a meaning for this one: the resource takes a token in none of the three ways.
    private static void WriteBearerMethods(Utf8JsonWriter json, IReadOnlyList<string>? values)
    {
        if (values is not null)
        {
            WriteArray(json, MetadataMember.BearerMethodsSupported, values);
        }
    }

    private static void WriteArray(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
