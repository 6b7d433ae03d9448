using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features;

namespace BoundTokenEnforcement;

/// <summary>One judgement, and those that were made before it in the same request.</summary>
internal sealed class BoundTokenFeature : IBoundTokenFeature
{
    private readonly BindingResult _result;
    private readonly AuthenticationProperties? _ticket;
    private readonly BoundTokenFeature? _earlier;

    private BoundTokenFeature(BindingDecision judgement, BoundTokenFeature? earlier)
    {
        Scheme = judgement.Scheme;
        Mode = judgement.Mode;
        _result = judgement.Result;
        _ticket = judgement.LetsIn ? judgement.Success!.Properties : null;
        _earlier = earlier;
    }

    public string Scheme { get; }

    public EnforcementMode Mode { get; }

    public BindingOutcome Outcome => _result.Outcome;

    public VerifiedBinding? Binding => _result.Binding;

    public BindingFailure? Failure => _result.Failure;

    /// <summary>
    /// Whether a token that was meant to be bound was refused in this request. Only what is wrong with the token itself counts here.
    /// </summary>
    internal bool HasRefusedBoundToken =>
        (IsCarriedOut && Failure is not (null or BindingFailure.TokenUnbound or BindingFailure.SchemeNotEnforced)) || (_earlier?.HasRefusedBoundToken ?? false);

    /// <summary>Whether anybody was refused in this request for want of a binding.</summary>
    internal bool HasRefused => (IsCarriedOut && Failure is not (null or BindingFailure.TokenUnbound)) || (_earlier?.HasRefused ?? false);

    /// <summary>
    /// Whether somebody was let in by these judgements, and everybody who was by a verified binding, or because refusals are only told. A refused
    /// token beside them does no harm: nobody came in by it.
    /// </summary>
    internal bool LetsInOnlyProven => LetsIn
        ? IsProven && (_earlier is null || _earlier.LetsInOnlyProven || !_earlier.LetsInAnybody)
        : _earlier?.LetsInOnlyProven ?? false;

    private bool LetsIn => _ticket is not null;

    private bool LetsInAnybody => LetsIn || (_earlier?.LetsInAnybody ?? false);

    private bool IsProven => Binding is not null || Mode == EnforcementMode.ReportOnly;

    private bool IsCarriedOut => Mode != EnforcementMode.ReportOnly;

    // Under a type of its own: an application may put a feature of its own making under the public one.
    internal static BoundTokenFeature? Of(IFeatureCollection features) => features.Get<BoundTokenFeature>();

    internal static void Add(IFeatureCollection features, BindingDecision judgement)
    {
        var earlier = Of(features);
        var feature = new BoundTokenFeature(judgement, earlier is not null && earlier.SaysTheSame(judgement) ? earlier._earlier : earlier);
        features.Set(feature);
        features.Set<IBoundTokenFeature>(feature);
    }

    /// <summary>
    /// The judgement that let in the ticket with these properties. The object itself counts: claims are transformed and tickets rebuilt on their
    /// way, and the properties are passed on.
    /// </summary>
    internal BoundTokenFeature? Behind(AuthenticationProperties? properties) =>
        properties is not null && ReferenceEquals(_ticket, properties) ? this : _earlier?.Behind(properties);

    // One that asks again and again, a hub for each message for example, must not make the list longer and longer.
    private bool SaysTheSame(BindingDecision judgement) =>
        _ticket is null && !judgement.LetsIn && Scheme == judgement.Scheme && Failure == judgement.Result.Failure;
}
