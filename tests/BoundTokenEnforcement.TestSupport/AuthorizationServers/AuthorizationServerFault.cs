namespace BoundTokenEnforcement.TestSupport;

/// <summary>What a <see cref="FaultyAuthorizationServer"/> does instead of answering.</summary>
public enum AuthorizationServerFault
{
    /// <summary>Nothing is wrong.</summary>
    None = 0,

    /// <summary>500.</summary>
    ServerError,

    /// <summary>Takes the request and never answers.</summary>
    Silence,

    /// <summary>200, then a byte now and then, without end.</summary>
    Trickle,

    /// <summary>200, and the connection breaks in the middle of the answer.</summary>
    Cut,

    /// <summary>200 and the first half of the JSON, as if that were all.</summary>
    Half,

    /// <summary>200 and a page that says that somebody works on it.</summary>
    Html,

    /// <summary>200 and <c>{}</c>.</summary>
    EmptyObject,

    /// <summary>200 and <c>{"keys":[]}</c>.</summary>
    NoKeys,

    /// <summary>200 and keys of a kind that nobody knows.</summary>
    UnknownKeys,

    /// <summary>200 and 10 MB of JSON with the right keys in it.</summary>
    Huge,
}
