namespace BoundTokenEnforcement;

/// <summary>
/// What was decided about the access token of this request. Found in <c>HttpContext.Features</c> once a scheme was asked to authenticate the
/// request; absent if there was nothing to decide about, and for what JwtBearer itself refused. If several schemes were asked, the last
/// decision.
/// </summary>
public interface IBoundTokenFeature
{
    /// <summary>The authentication scheme whose token was decided on.</summary>
    string Scheme { get; }

    /// <summary>What was decided. In <see cref="EnforcementMode.Enforce"/>, an endpoint sees an authenticated user only with one of the two that let in.</summary>
    BindingOutcome Outcome { get; }

    /// <summary>Whether a rejection was carried out, or only reported.</summary>
    EnforcementMode Mode { get; }

    /// <summary>The proof, if <see cref="Outcome"/> is <see cref="BindingOutcome.Verified"/>.</summary>
    VerifiedBinding? Binding { get; }

    /// <summary>The reason, if <see cref="Outcome"/> is <see cref="BindingOutcome.Refused"/>. Not for the eyes of the caller.</summary>
    BindingFailure? Failure { get; }
}
