namespace BoundTokenEnforcement;

/// <summary>Who writes the 401 of a request whose bound token was refused.</summary>
internal enum ChallengeAuthor
{
    /// <summary>The library. The scheme could redirect to a sign-in page, or say that the request is only lacking some other credential.</summary>
    Library = 0,

    /// <summary>The scheme.</summary>
    Scheme,

    /// <summary>The scheme, and then the library adds the error to what the scheme wrote.</summary>
    Both,
}
