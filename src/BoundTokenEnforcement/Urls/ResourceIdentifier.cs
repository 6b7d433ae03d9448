using System.Diagnostics.CodeAnalysis;

namespace BoundTokenEnforcement;

/// <summary>
/// The identifier of a protected resource: the <c>https</c> URL that is its <c>resource</c> value (RFC 9728 §1.2). It is kept exactly as it was written;
/// two identifiers are equal when every character is.
/// </summary>
/// <remarks>
/// <para>Refused: other schemes and other spellings of <c>https</c>, a fragment, user information, blanks, control and non-ASCII characters, a backslash,
/// an incomplete percent escape, an empty host, a bad port, empty path segments and dot segments (also percent-encoded).</para>
/// <para>Accepted, although a publisher should refuse them or know why: a query, and a slash at the end of the path
/// (<see cref="HasTerminatingPathSlash"/>).</para>
/// <para>Not checked: whether the host exists or is public, and whether it serves the metadata.</para>
/// </remarks>
public sealed class ResourceIdentifier : IEquatable<ResourceIdentifier>
{
    /// <summary>The greatest number of characters of an identifier.</summary>
    /// <value>2048.</value>
    public const int MaxLength = 2048;

    /// <summary>The greatest number of characters of a request URL that <see cref="Covers"/> looks at, unless the identifier is the whole host.</summary>
    /// <value>16384.</value>
    public const int MaxRequestUrlLength = 16384;

    private const string WellKnownPath = "/.well-known/oauth-protected-resource";

    private readonly HttpsUrl _url;
    private readonly string _pathAsUri;
    private readonly string _queryAsUri;

    private ResourceIdentifier(string value, HttpsUrl url)
    {
        Value = value;
        _url = url;

        // Requests are written by Uri, which rewrites some escapes: %7E to ~, %c3 to %C3.
        var written = new Uri(value);
        (_pathAsUri, _queryAsUri) = (written.AbsolutePath, written.Query);

        // RFC 9728 §3.1: the slash that follows the host goes, and no other.
        MetadataPath = url.Path is "/" ? WellKnownPath : string.Concat(WellKnownPath, url.Path);
        MetadataQuery = url.Query.ToString();
        MetadataUrl = string.Concat(string.Concat(HttpsUrl.Scheme, url.Authority, MetadataPath), MetadataQuery);
    }

    /// <summary>The identifier, character by character as it was given.</summary>
    public string Value { get; }

    /// <summary>
    /// Where the metadata of this resource is published: <c>/.well-known/oauth-protected-resource</c> inserted between the host and what follows it
    /// (<see href="https://www.rfc-editor.org/rfc/rfc9728#section-3.1">RFC 9728 §3.1</see>). Nothing is decoded or normalised.
    /// </summary>
    public string MetadataUrl { get; }

    /// <summary>The path of <see cref="MetadataUrl"/>, still percent-encoded: what a server maps.</summary>
    public string MetadataPath { get; }

    /// <summary>The query of <see cref="MetadataUrl"/> with its question mark; empty when the identifier has none.</summary>
    public string MetadataQuery { get; }

    /// <summary>
    /// Whether the path ends in a slash that is not the one after the host, as in <c>https://h.example/a/</c>. Readers disagree on the metadata URL of such an
    /// identifier: here the slash stays, elsewhere it is dropped. A publisher should refuse it.
    /// </summary>
    public bool HasTerminatingPathSlash => _url.Path.Length > 1 && _url.Path.EndsWith('/');

    /// <summary>Reads an identifier.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="value"/> is null.</exception>
    /// <exception cref="FormatException">It is not a resource identifier; the message says why and does not repeat the value.</exception>
    public static ResourceIdentifier Parse(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return TryParse(value, out var identifier, out var fault)
            ? identifier
            : throw new FormatException($"This is not a resource identifier (RFC 9728 §1.2): {fault}.");
    }

    /// <summary>Reads an identifier; false when it is not one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? value, [NotNullWhen(true)] out ResourceIdentifier? identifier)
    {
        identifier = null;
        return value is not null && TryParse(value, out identifier, out _);
    }

    /// <summary>
    /// Whether a request to <paramref name="requestUrl"/> is a request to this resource: same host and port, and a path that is equal or lies below at a slash.
    /// Scheme and host ignore case, <c>:443</c> equals no port, all else is compared character by character with the identifier, as it was given or as
    /// <see cref="Uri"/> writes it. When the identifier has a query, the request must have exactly that query.
    /// </summary>
    /// <remarks>
    /// <para>An identifier without a path and a query is the whole host: then only scheme, host and port count, and the request may have any path and a fragment.</para>
    /// <para>Otherwise false for whatever two servers could read in two ways: everything that an identifier may not contain, and in the path an encoded slash, backslash or control
    /// character, also when encoded several times over. So an identifier that itself contains <c>%2F</c> covers nothing.</para>
    /// </remarks>
    public bool Covers([NotNullWhen(true)] string? requestUrl)
    {
        if (requestUrl is null)
        {
            return false;
        }

        if (IsWholeHost)
        {
            return HttpsUrl.TryParseOrigin(requestUrl, out var origin) && IsSameOrigin(origin);
        }

        return requestUrl.Length <= MaxRequestUrlLength
            && HttpsUrl.TryParse(requestUrl, out var request, out _)
            && IsSameOrigin(request)
            && !AmbiguousEscape.IsIn(request.Path)
            && (IsAtOrBelow(request.Path, _url.Path) || IsAtOrBelow(request.Path, _pathAsUri))
            && (_url.Query.IsEmpty || request.Query.SequenceEqual(_url.Query) || request.Query.SequenceEqual(_queryAsUri));
    }

    /// <summary>Whether both are the same, character by character (RFC 9728 §3.3 and §6).</summary>
    public bool Equals([NotNullWhen(true)] ResourceIdentifier? other) => other is not null && string.Equals(Value, other.Value, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => Equals(obj as ResourceIdentifier);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    /// <summary>Returns <see cref="Value"/>.</summary>
    public override string ToString() => Value;

    private static bool TryParse(string value, [NotNullWhen(true)] out ResourceIdentifier? identifier, [NotNullWhen(false)] out string? fault)
    {
        identifier = null;
        if (!HttpsUrl.TryParseIdentifier(value, MaxLength, out var url, out fault))
        {
            return false;
        }

        identifier = new ResourceIdentifier(value, url);
        return true;
    }

    // Nothing on such a host lies outside, so no spelling of a path can lead there.
    private bool IsWholeHost => _url.Path is "" or "/" && _url.Query.IsEmpty;

    private bool IsSameOrigin(HttpsUrl request) => request.Host.Equals(_url.Host, StringComparison.OrdinalIgnoreCase) && request.Port == _url.Port;

    private static bool IsAtOrBelow(ReadOnlySpan<char> path, ReadOnlySpan<char> own)
    {
        if (own.IsEmpty || own is "/")
        {
            return true;
        }

        return path.StartsWith(own, StringComparison.Ordinal)
            && (path.Length == own.Length || own.EndsWith('/') || path[own.Length] == '/');
    }
}
