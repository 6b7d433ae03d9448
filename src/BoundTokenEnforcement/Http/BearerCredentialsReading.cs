namespace BoundTokenEnforcement;

/// <summary>What <see cref="BearerCredentials.Read"/> found in an <c>Authorization</c> field.</summary>
public enum BearerCredentialsReading
{
    /// <summary>The field is not what RFC 6750 §2.1 allows, or may name <c>Bearer</c> in a place where it cannot be read. The request is to be refused.</summary>
    Malformed = 0,

    /// <summary>No bearer token was sent: no field, an empty one, <c>Bearer</c> alone, or another scheme. To this reader, the request is anonymous.</summary>
    None = 1,

    /// <summary>Exactly one bearer token was sent. Nothing is known yet about the token itself.</summary>
    Token = 2,
}
