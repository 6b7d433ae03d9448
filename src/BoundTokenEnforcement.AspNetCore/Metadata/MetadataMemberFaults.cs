using System.Collections.ObjectModel;

namespace BoundTokenEnforcement;

/// <summary>What the document itself does not take, member by member: it would throw at the first.</summary>
internal static class MetadataMemberFaults
{
    private static readonly ResourceIdentifier SomeResource = ResourceIdentifier.Parse("https://resource.invalid");

    private static readonly (string Option, Func<ProtectedResourceMetadataOptions, ProtectedResourceMetadata> Set)[] Members =
    [
        (nameof(ProtectedResourceMetadataOptions.JwksUri), static o => new() { Resource = SomeResource, JwksUri = o.JwksUri }),
        (nameof(ProtectedResourceMetadataOptions.ResourceSigningAlgValuesSupported),
            static o => new() { Resource = SomeResource, ResourceSigningAlgValuesSupported = [.. o.ResourceSigningAlgValuesSupported] }),
        (nameof(ProtectedResourceMetadataOptions.ResourceName), static o => new() { Resource = SomeResource, ResourceName = o.ResourceName }),
        (nameof(ProtectedResourceMetadataOptions.LocalizedResourceNames),
            static o => new() { Resource = SomeResource, LocalizedResourceNames = o.LocalizedResourceNames.AsReadOnly() }),
        (nameof(ProtectedResourceMetadataOptions.ResourceDocumentation),
            static o => new() { Resource = SomeResource, ResourceDocumentation = Url(o.ResourceDocumentation) }),
        (nameof(ProtectedResourceMetadataOptions.LocalizedResourceDocumentation),
            static o => new() { Resource = SomeResource, LocalizedResourceDocumentation = Urls(o.LocalizedResourceDocumentation) }),
        (nameof(ProtectedResourceMetadataOptions.ResourcePolicyUri), static o => new() { Resource = SomeResource, ResourcePolicyUri = Url(o.ResourcePolicyUri) }),
        (nameof(ProtectedResourceMetadataOptions.LocalizedResourcePolicyUris),
            static o => new() { Resource = SomeResource, LocalizedResourcePolicyUris = Urls(o.LocalizedResourcePolicyUris) }),
        (nameof(ProtectedResourceMetadataOptions.ResourceTosUri), static o => new() { Resource = SomeResource, ResourceTosUri = Url(o.ResourceTosUri) }),
        (nameof(ProtectedResourceMetadataOptions.LocalizedResourceTosUris),
            static o => new() { Resource = SomeResource, LocalizedResourceTosUris = Urls(o.LocalizedResourceTosUris) }),
        (nameof(ProtectedResourceMetadataOptions.AuthorizationDetailsTypesSupported),
            static o => new() { Resource = SomeResource, AuthorizationDetailsTypesSupported = [.. o.AuthorizationDetailsTypesSupported] }),
    ];

    internal static IEnumerable<(string Option, string Text)> Of(ProtectedResourceMetadataOptions options) =>
        Members.Select(member => (member.Option, Text: Fault(member.Set, options)!)).Where(static fault => fault.Text is not null);

    private static string? Fault(Func<ProtectedResourceMetadataOptions, ProtectedResourceMetadata> set, ProtectedResourceMetadataOptions options)
    {
        try
        {
            _ = set(options);
            return null;
        }
        catch (ArgumentException e)
        {
            return $"is not what RFC 9728 §2 allows: {e.Message}";
        }
    }

    private static string? Url(string? value) =>
        value is null || (Uri.TryCreate(value, UriKind.Absolute, out var url) && !url.IsFile)
            ? value
            // A relative one would be relative to nothing. The RFC leaves the scheme open, but on some systems every path is a file URL.
            : throw new ArgumentException("this is not an absolute URL");

    private static ReadOnlyDictionary<string, string> Urls(IDictionary<string, string> values)
    {
        foreach (var value in values.Values)
        {
            _ = Url(value);
        }

        return values.AsReadOnly();
    }
}
