namespace BoundTokenEnforcement;

/// <summary>What the decision about a token was.</summary>
public enum BindingOutcome
{
    /// <summary>The token was refused.</summary>
    Refused = 0,

    /// <summary>The token is bound to the certificate that was presented.</summary>
    Verified = 1,

    /// <summary>The token carries no confirmation, and none was required: a bearer token.</summary>
    Unbound = 2,
}
