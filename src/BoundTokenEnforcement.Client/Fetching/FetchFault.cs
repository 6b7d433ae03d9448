namespace BoundTokenEnforcement;

/// <summary>Why a fetch brought no JSON.</summary>
internal enum FetchFault
{
    /// <summary>No connection, no trust in the server's certificate, or an answer that broke off.</summary>
    Unreachable,

    /// <summary>Not answered completely in time.</summary>
    TimedOut,

    /// <summary>5xx or 429: it may work later.</summary>
    ServerFailing,

    /// <summary>3xx. Nothing is followed.</summary>
    Redirected,

    /// <summary>Any other status than 200.</summary>
    StatusNotOk,

    /// <summary>Not <c>application/json</c> in UTF-8, or compressed although no encoding was accepted.</summary>
    NotJson,

    /// <summary>More bytes than are read.</summary>
    TooLarge,

    /// <summary>Not even tried, because it failed too often just now.</summary>
    NotTried,
}
