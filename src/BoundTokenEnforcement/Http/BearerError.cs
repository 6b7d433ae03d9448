namespace BoundTokenEnforcement;

/// <summary>The error codes of <see href="https://www.rfc-editor.org/rfc/rfc6750#section-3.1">RFC 6750 §3.1</see>.</summary>
public static class BearerError
{
    /// <summary>The request is malformed, for example carries two tokens: status 400.</summary>
    public const string InvalidRequest = "invalid_request";

    /// <summary>The token is expired, revoked, malformed, not bound to this client's certificate, or otherwise invalid: status 401.</summary>
    public const string InvalidToken = "invalid_token";

    /// <summary>The token is good but does not allow this: status 403.</summary>
    public const string InsufficientScope = "insufficient_scope";
}
