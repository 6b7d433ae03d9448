using System.Text.Json;
using System.Text.Unicode;

namespace BoundTokenEnforcement;

/// <summary>Reads the members of one metadata document and keeps the first fault.</summary>
internal sealed class MetadataReader
{
    private readonly JsonElement _root;
    private MetadataFault? _fault;
    private string? _member;

    private MetadataReader(JsonElement root) => _root = root;

    public static MetadataFault? Read(ReadOnlySpan<byte> utf8, out ProtectedResourceMetadata? metadata, out string? member)
    {
        (metadata, member) = (null, null);
        if (utf8.Length > ProtectedResourceMetadata.MaxLength)
        {
            return MetadataFault.TooLong;
        }

        // JsonDocument does not validate strings that are not read.
        if (!Utf8.IsValid(utf8))
        {
            return MetadataFault.InvalidJson;
        }

        byte[] json = [.. utf8];
        try
        {
            using var document = JsonDocument.Parse(json, Options(allowDuplicates: false));
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return MetadataFault.NotAnObject;
            }

            var reader = new MetadataReader(document.RootElement);
            var fault = reader.Read(out metadata);
            member = reader._member;
            return fault;
        }
        catch (JsonException)
        {
            return IsJson(json) ? MetadataFault.DuplicateMember : MetadataFault.InvalidJson;
        }
        catch (InvalidOperationException)
        {
            // A string with half of an escaped surrogate pair.
            return MetadataFault.InvalidJson;
        }
    }

    private static JsonDocumentOptions Options(bool allowDuplicates) => new()
    {
        AllowDuplicateProperties = allowDuplicates,
        AllowTrailingCommas = false,
        CommentHandling = JsonCommentHandling.Disallow,
        MaxDepth = ProtectedResourceMetadata.MaxDepth,
    };

    private static bool IsJson(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Options(allowDuplicates: true));
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private MetadataFault? Read(out ProtectedResourceMetadata? metadata)
    {
        metadata = null;
        var resourceText = Text(MetadataMember.Resource);
        if (resourceText is null)
        {
            Fail(MetadataFault.ResourceMissing, MetadataMember.Resource);
            return _fault;
        }

        if (!ResourceIdentifier.TryParse(resourceText, out var resource))
        {
            Fail(MetadataFault.ResourceInvalid, MetadataMember.Resource);
            return _fault;
        }

        var read = new ProtectedResourceMetadata
        {
            Resource = resource,
            AuthorizationServers = List(MetadataMember.AuthorizationServers),
            JwksUri = Text(MetadataMember.JwksUri, MetadataValue.IsJwksUri, MetadataFault.JwksUriInvalid),
            ScopesSupported = List(MetadataMember.ScopesSupported),
            BearerMethodsSupported = List(MetadataMember.BearerMethodsSupported, MetadataValue.IsBearerMethod, MetadataFault.BearerMethodUnknown),
            ResourceSigningAlgValuesSupported =
                List(MetadataMember.ResourceSigningAlgValuesSupported, MetadataValue.IsSigningAlgorithm, MetadataFault.AlgorithmNone),
            ResourceName = Text(MetadataMember.ResourceName),
            LocalizedResourceNames = Variants(MetadataMember.ResourceName),
            ResourceDocumentation = Text(MetadataMember.ResourceDocumentation),
            LocalizedResourceDocumentation = Variants(MetadataMember.ResourceDocumentation),
            ResourcePolicyUri = Text(MetadataMember.ResourcePolicyUri),
            LocalizedResourcePolicyUris = Variants(MetadataMember.ResourcePolicyUri),
            ResourceTosUri = Text(MetadataMember.ResourceTosUri),
            LocalizedResourceTosUris = Variants(MetadataMember.ResourceTosUri),
            TlsClientCertificateBoundAccessTokens = Flag(MetadataMember.TlsClientCertificateBoundAccessTokens),
            AuthorizationDetailsTypesSupported = List(MetadataMember.AuthorizationDetailsTypesSupported),
            DpopSigningAlgValuesSupported = List(MetadataMember.DpopSigningAlgValuesSupported, MetadataValue.IsSigningAlgorithm, MetadataFault.AlgorithmNone),
            DpopBoundAccessTokensRequired = Flag(MetadataMember.DpopBoundAccessTokensRequired),
            SignedMetadata = Text(MetadataMember.SignedMetadata),
        };
        metadata = _fault is null ? read : null;
        return _fault;
    }

    private string? Text(string name, Func<string, bool>? accepts = null, MetadataFault otherwise = default) =>
        _root.TryGetProperty(name, out var value) ? Text(name, value, accepts, otherwise) : null;

    private string? Text(string name, JsonElement value, Func<string, bool>? accepts = null, MetadataFault otherwise = default)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            Fail(MetadataFault.WrongType, name);
            return null;
        }

        var text = value.GetString()!;
        if (accepts is not null && !accepts(text))
        {
            Fail(otherwise, name);
            return null;
        }

        return text;
    }

    private List<string>? List(string name, Func<string, bool>? accepts = null, MetadataFault otherwise = default)
    {
        if (!_root.TryGetProperty(name, out var array))
        {
            return null;
        }

        if (array.ValueKind != JsonValueKind.Array)
        {
            Fail(MetadataFault.WrongType, name);
            return null;
        }

        var texts = new List<string>();
        foreach (var element in array.EnumerateArray())
        {
            if (Text(name, element, accepts, otherwise) is not { } text)
            {
                return null;
            }

            texts.Add(text);
        }

        return texts;
    }

    private bool? Flag(string name)
    {
        if (!_root.TryGetProperty(name, out var value))
        {
            return null;
        }

        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            Fail(MetadataFault.WrongType, name);
            return null;
        }

        return value.GetBoolean();
    }

    // The first one counts.
    private void Fail(MetadataFault fault, string name)
    {
        if (_fault is null)
        {
            (_fault, _member) = (fault, name);
        }
    }

    private Dictionary<string, string> Variants(string name)
    {
        var variants = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var member in _root.EnumerateObject())
        {
            // A member whose tag is malformed is one that RFC 9728 does not define: ignored.
            if (!member.Name.StartsWith(name, StringComparison.Ordinal)
                || !member.Name.AsSpan(name.Length).StartsWith('#')
                || !MetadataValue.IsLanguageTag(member.Name.AsSpan(name.Length + 1)))
            {
                continue;
            }

            if (Text(member.Name, member.Value) is { } text && !variants.TryAdd(member.Name[(name.Length + 1)..], text))
            {
                Fail(MetadataFault.DuplicateMember, member.Name);
            }
        }

        return variants;
    }
}
