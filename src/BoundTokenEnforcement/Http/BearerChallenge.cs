using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace BoundTokenEnforcement;

/// <summary>
/// A <c>Bearer</c> challenge: what a resource server says in <c>WWW-Authenticate</c> when it refuses (RFC 6750 §3), with the <c>resource_metadata</c> parameter of
/// RFC 9728 §5.1. No value that could break out of its parameter can be put into it.
/// </summary>
/// <remarks>Not checked: whether the parameters make sense together, and whether the URLs lead anywhere.</remarks>
public sealed class BearerChallenge
{
    /// <summary>The greatest number of characters of each value.</summary>
    /// <value>2048.</value>
    public const int MaxValueLength = 2048;

    private const string RealmName = "realm";
    private const string ErrorName = "error";
    private const string ErrorDescriptionName = "error_description";
    private const string ErrorUriName = "error_uri";
    private const string ScopeName = "scope";
    private const string ResourceMetadataName = "resource_metadata";

    /// <summary>The protection space (RFC 9110 §11.5): printable ASCII.</summary>
    /// <value>Null: not written.</value>
    /// <exception cref="ArgumentException">It contains another character, or is too long.</exception>
    public string? Realm
    {
        get;
        init => field = Checked(value, IsRealm);
    }

    /// <summary>The error code, see <see cref="BearerError"/>. To be left out when the request carried no token (RFC 6750 §3.1).</summary>
    /// <value>Null: not written.</value>
    /// <exception cref="ArgumentException">It is empty, too long, or contains anything but printable ASCII without quote and backslash (RFC 6750 §3).</exception>
    public string? Error
    {
        get;
        init => field = Checked(value, IsError);
    }

    /// <summary>A sentence for developers. It should be fixed text: the reader may hold a stolen token.</summary>
    /// <value>Null: not written.</value>
    /// <exception cref="ArgumentException">It is empty, too long, or contains anything but printable ASCII without quote and backslash (RFC 6750 §3).</exception>
    public string? ErrorDescription
    {
        get;
        init => field = Checked(value, IsError);
    }

    /// <summary>A page that explains the error.</summary>
    /// <value>Null: not written.</value>
    /// <exception cref="ArgumentException">It is empty, too long, or contains anything but printable ASCII without blank, quote and backslash (RFC 6750 §3).</exception>
    public string? ErrorUri
    {
        get;
        init => field = Checked(value, IsErrorUri);
    }

    /// <summary>The scopes needed, separated by single blanks.</summary>
    /// <value>Null: not written.</value>
    /// <exception cref="ArgumentException">It is not a list of scope tokens (RFC 6750 §3), or is too long.</exception>
    public string? Scope
    {
        get;
        init => field = Checked(value, IsScope);
    }

    /// <summary>The URL of the protected resource metadata, see <see cref="ResourceIdentifier.MetadataUrl"/>.</summary>
    /// <value>Null: not written.</value>
    /// <exception cref="ArgumentException">It is not an <c>https</c> URL as <see cref="ResourceIdentifier"/> accepts them, or is too long.</exception>
    public string? ResourceMetadata
    {
        get;
        init => field = Checked(value, IsHttpsUrl);
    }

    /// <summary>Whether anything is set. RFC 6750 §3 demands at least one parameter, so a challenge without any must not be sent.</summary>
    public bool HasParameters => (Realm ?? Error ?? ErrorDescription ?? ErrorUri ?? Scope ?? ResourceMetadata) is not null;

    /// <summary>
    /// Reads a challenge as a <c>Bearer</c> challenge. Parameters that RFC 6750 and RFC 9728 do not define are ignored.
    /// False when the scheme is another one, the challenge is a token68, or a value is not what its property accepts.
    /// </summary>
    /// <exception cref="ArgumentNullException"><paramref name="challenge"/> is null.</exception>
    public static bool TryFrom(AuthenticationChallenge challenge, [NotNullWhen(true)] out BearerChallenge? bearer)
    {
        ArgumentNullException.ThrowIfNull(challenge);
        bearer = null;
        var parameters = challenge.Parameters;
        if (!challenge.Scheme.Equals(BearerCredentials.Scheme, StringComparison.OrdinalIgnoreCase)
            || challenge.Token68 is not null
            || !TryGet(RealmName, IsRealm, out var realm)
            || !TryGet(ErrorName, IsError, out var error)
            || !TryGet(ErrorDescriptionName, IsError, out var errorDescription)
            || !TryGet(ErrorUriName, IsErrorUri, out var errorUri)
            || !TryGet(ScopeName, IsScope, out var scope)
            || !TryGet(ResourceMetadataName, IsHttpsUrl, out var resourceMetadata))
        {
            return false;
        }

        bearer = new BearerChallenge
        {
            Realm = realm,
            Error = error,
            ErrorDescription = errorDescription,
            ErrorUri = errorUri,
            Scope = scope,
            ResourceMetadata = resourceMetadata,
        };
        return true;

        bool TryGet(string name, Func<string, bool> accepts, out string? value) =>
            !parameters.TryGetValue(name, out value) || (value.Length <= MaxValueLength && accepts(value));
    }

    /// <summary>Writes the challenge as a field value, every parameter as a quoted-string. Without any parameter it is the bare scheme, see <see cref="HasParameters"/>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(BearerCredentials.Scheme);
        var separator = " ";
        Append(RealmName, Realm);
        Append(ErrorName, Error);
        Append(ErrorDescriptionName, ErrorDescription);
        Append(ErrorUriName, ErrorUri);
        Append(ScopeName, Scope);
        Append(ResourceMetadataName, ResourceMetadata);
        return text.ToString();

        void Append(string name, string? value)
        {
            if (value is null)
            {
                return;
            }

            text.Append(separator).Append(name).Append("=\"");
            foreach (var character in value)
            {
                // RFC 9110 §5.6.4: nothing else is escaped.
                text.Append(character is '"' or '\\' ? "\\" : "").Append(character);
            }

            text.Append('"');
            separator = ", ";
        }
    }

    private static string? Checked(string? value, Func<string, bool> accepts, [CallerMemberName] string property = "")
    {
        if (value is null)
        {
            return null;
        }

        if (value.Length > MaxValueLength)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{property} is longer than {MaxValueLength} characters."), property);
        }

        return accepts(value) ? value : throw new ArgumentException($"{property} is not what RFC 6750 §3 or RFC 9728 §5.1 allows in a challenge.", property);
    }

    private static bool IsRealm(string value) => HttpCharacters.IsPrintable(value);

    private static bool IsError(string value) => value.Length > 0 && HttpCharacters.IsPlain(value);

    private static bool IsErrorUri(string value) => IsError(value) && !value.Contains(' ', StringComparison.Ordinal);

    private static bool IsScope(string value) =>
        IsError(value) && value[0] != ' ' && value[^1] != ' ' && !value.Contains("  ", StringComparison.Ordinal);

    private static bool IsHttpsUrl(string value) => HttpsUrl.TryParse(value, out _, out _);
}
