using System.Buffers.Text;
using System.Security.Cryptography;

namespace BoundTokenEnforcement;

/// <summary>The bytes that are sent, and the entity tag of exactly these bytes.</summary>
internal sealed class PublishedDocument
{
    internal PublishedDocument(ProtectedResourceMetadataOptions options, ResourceIdentifier resource, bool boundTokensEnforced, TimeProvider clock)
    {
        var content = options.ToDocument(resource, boundTokensEnforced, signedMetadata: null).ToUtf8Json();
        if (options.Signing is { } signing)
        {
            content = options.ToDocument(resource, boundTokensEnforced, signing.Sign(content, clock.GetUtcNow())).ToUtf8Json();
        }

        Content = content;
        EntityTag = $"\"{Base64Url.EncodeToString(SHA256.HashData(content))}\"";
    }

    internal ReadOnlyMemory<byte> Content { get; }

    internal string EntityTag { get; }
}
