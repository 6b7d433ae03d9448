using System.Diagnostics.CodeAnalysis;

namespace BoundTokenEnforcement;

/// <summary>
/// The identifier of an authorization server: an <c>https</c> URL without query and fragment (RFC 8414 §2). It is kept exactly as it was written; two
/// identifiers are equal when every character is.
/// </summary>
/// <remarks>
/// Refused is what <see cref="ResourceIdentifier"/> refuses, and a query. Not checked: whether the host exists, is public, or is one the application trusts.
/// </remarks>
public sealed class IssuerIdentifier : IEquatable<IssuerIdentifier>
{
    /// <summary>The greatest number of characters of an identifier.</summary>
    /// <value>2048.</value>
    public const int MaxLength = 2048;

    private IssuerIdentifier(string value, HttpsUrl url)
    {
        Value = value;
        var path = url.Path.EndsWith('/') ? url.Path[..^1] : url.Path;
        MetadataUrl = string.Concat(string.Concat(HttpsUrl.Scheme, url.Authority, "/.well-known/oauth-authorization-server"), path);
        OpenIdConfigurationUrl = string.Concat(HttpsUrl.Scheme, url.Authority, path, "/.well-known/openid-configuration");
    }

    /// <summary>The identifier, character by character as it was given.</summary>
    public string Value { get; }

    /// <summary>
    /// Where the metadata of this authorization server is published: the suffix inserted after the host, one terminating slash dropped
    /// (<see href="https://www.rfc-editor.org/rfc/rfc8414#section-3.1">RFC 8414 §3.1</see>).
    /// </summary>
    public string MetadataUrl { get; }

    /// <summary>
    /// Where OpenID Connect Discovery has it: the suffix appended, one terminating slash dropped
    /// (<see href="https://www.rfc-editor.org/rfc/rfc8414#section-5">RFC 8414 §5</see>). Only to be asked when <see cref="MetadataUrl"/> has failed.
    /// </summary>
    public string OpenIdConfigurationUrl { get; }

    /// <summary>Reads an identifier.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="value"/> is null.</exception>
    /// <exception cref="FormatException">It is not an issuer identifier; the message says why and does not repeat the value.</exception>
    public static IssuerIdentifier Parse(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return TryParse(value, out var identifier, out var fault)
            ? identifier
            : throw new FormatException($"This is not an issuer identifier (RFC 8414 §2): {fault}.");
    }

    /// <summary>Reads an identifier; false when it is not one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? value, [NotNullWhen(true)] out IssuerIdentifier? identifier)
    {
        identifier = null;
        return value is not null && TryParse(value, out identifier, out _);
    }

    /// <summary>Whether both are the same, character by character (RFC 8414 §3.3 and §4).</summary>
    public bool Equals([NotNullWhen(true)] IssuerIdentifier? other) => other is not null && string.Equals(Value, other.Value, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => Equals(obj as IssuerIdentifier);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    /// <summary>Returns <see cref="Value"/>.</summary>
    public override string ToString() => Value;

    private static bool TryParse(string value, [NotNullWhen(true)] out IssuerIdentifier? identifier, [NotNullWhen(false)] out string? fault)
    {
        identifier = null;
        if (!HttpsUrl.TryParseIdentifier(value, MaxLength, out var url, out fault))
        {
            return false;
        }

        if (!url.Query.IsEmpty)
        {
            fault = "it has a query";
            return false;
        }

        identifier = new IssuerIdentifier(value, url);
        return true;
    }
}
