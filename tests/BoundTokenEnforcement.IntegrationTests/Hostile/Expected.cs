namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>What a request must get. In everything but a pass the endpoint is not entered.</summary>
public enum Expected
{
    /// <summary>The endpoint is entered exactly once, as the token's subject.</summary>
    Pass,

    /// <summary>401, exactly one <c>Bearer</c> challenge with <c>error="invalid_token"</c> and the fixed text, <c>no-store</c>, no cookie.</summary>
    InvalidToken,

    /// <summary>401 with one <c>Bearer</c> challenge without an error: nobody showed a token (RFC 6750 §3.1).</summary>
    NoToken,

    /// <summary>401 of either kind.</summary>
    Unauthorized,

    /// <summary>400 with <c>error="invalid_request"</c> (RFC 6750 §3.1).</summary>
    InvalidRequest,

    /// <summary>400 from the server or from us, or 401 of either kind.</summary>
    Refused,

    /// <summary>A pass, or a full <see cref="InvalidToken"/>; nothing in between.</summary>
    PassOrInvalidToken,

    /// <summary>An anonymous endpoint is entered without a user.</summary>
    Anonymous,

    /// <summary>An anonymous endpoint is entered without a user, or the request is <see cref="Refused"/>.</summary>
    AnonymousOrRefused,

    /// <summary>The server's own limit: 431.</summary>
    HeadersTooLarge,
}
