using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features;

namespace BoundTokenEnforcement;

/// <summary>One decision, and those that were made before it in the same request.</summary>
internal sealed class BoundTokenFeature : IBoundTokenFeature
{
    private readonly BindingResult _result;
    private readonly AuthenticationProperties? _ticket;
    private readonly BoundTokenFeature? _earlier;

    private BoundTokenFeature(BindingDecision decision, BoundTokenFeature? earlier)
    {
        Scheme = decision.Scheme;
        Mode = decision.Mode;
        _result = decision.Result;
        _ticket = decision.LetsIn ? decision.Success!.Properties : null;
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

    /// <summary>Whether a ticket was rejected in this request because of its binding.</summary>
    internal bool HasRefused => (IsCarriedOut && Failure is not (null or BindingFailure.TokenUnbound)) || (_earlier?.HasRefused ?? false);

    /// <summary>
    /// True if at least one ticket was accepted and each accepted ticket had a verified binding or was accepted in report-only mode. A rejected
    /// token beside them does no harm.
    /// </summary>
    internal bool LetsInOnlyProven => LetsIn
        ? IsProven && (_earlier is null || _earlier.LetsInOnlyProven || !_earlier.LetsInAnybody)
        : _earlier?.LetsInOnlyProven ?? false;

    private bool LetsIn => _ticket is not null;

    private bool LetsInAnybody => LetsIn || (_earlier?.LetsInAnybody ?? false);

    private bool IsProven => Binding is not null || Mode == EnforcementMode.ReportOnly;

    private bool IsCarriedOut => Mode != EnforcementMode.ReportOnly;

    // Under an internal type: an application may set its own implementation of the public one.
    internal static BoundTokenFeature? Of(IFeatureCollection features) => features.Get<BoundTokenFeature>();

    internal static void Add(IFeatureCollection features, BindingDecision decision)
    {
        var earlier = Of(features);
        var feature = new BoundTokenFeature(decision, earlier is not null && earlier.SaysTheSame(decision) ? earlier._earlier : earlier);
        features.Set(feature);
        features.Set<IBoundTokenFeature>(feature);
    }

    /// <summary>
    /// The decision that accepted the ticket with these properties. The object itself counts: claims are transformed and tickets rebuilt on their
    /// way, and the properties are passed on.
    /// </summary>
    internal BoundTokenFeature? Behind(AuthenticationProperties? properties) =>
        properties is not null && ReferenceEquals(_ticket, properties) ? this : _earlier?.Behind(properties);

    // One that asks again and again, a hub for each message for example, must not make the list longer and longer.
    private bool SaysTheSame(BindingDecision decision) =>
        _ticket is null && !decision.LetsIn && Scheme == decision.Scheme && Failure == decision.Result.Failure;
}
