using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features;

namespace BoundTokenEnforcement;

/// <summary>One judgement, and those that were made before it in the same request.</summary>
internal sealed class BoundTokenFeature(string scheme, BindingResult result, EnforcementMode mode, AuthenticationProperties? ticket, BoundTokenFeature? earlier)
    : IBoundTokenFeature
{
    public string Scheme => scheme;

    public BindingOutcome Outcome => result.Outcome;

    public EnforcementMode Mode => mode;

    public VerifiedBinding? Binding => result.Binding;

    public BindingFailure? Failure => result.Failure;

    internal static BoundTokenFeature? Of(IFeatureCollection features) => (BoundTokenFeature?)features.Get<IBoundTokenFeature>();

    /// <summary>
    /// Whether the ticket with these properties came out of a judgement. The object itself counts: claims are transformed and tickets rebuilt on
    /// their way, and the properties are passed on.
    /// </summary>
    internal bool Covers(AuthenticationProperties? properties) =>
        (properties is not null && ReferenceEquals(ticket, properties)) || (earlier?.Covers(properties) ?? false);

    /// <summary>
    /// Whether somebody was let in by these judgements, and everybody who was by a verified binding, or because refusals are only told. A refused
    /// token beside them does no harm: nobody came in by it.
    /// </summary>
    internal bool LetsInOnlyProven => LetsIn
        ? IsProven && (earlier is null || earlier.LetsInOnlyProven || !earlier.LetsInAnybody)
        : earlier?.LetsInOnlyProven ?? false;

    private bool LetsIn => ticket is not null;

    private bool LetsInAnybody => LetsIn || (earlier?.LetsInAnybody ?? false);

    private bool IsProven => Binding is not null || mode == EnforcementMode.ReportOnly;

    /// <summary>Whether a token that was meant to be bound was refused in this request.</summary>
    internal bool HasRefusedBoundToken =>
        (Failure is { } failure && failure != BindingFailure.TokenUnbound && mode == EnforcementMode.Enforce)
        || (earlier?.HasRefusedBoundToken ?? false);
}
