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

    /// <summary>Whether some binding was verified in this request.</summary>
    internal bool HasVerified => Binding is not null || (earlier?.HasVerified ?? false);

    /// <summary>Whether a token that was meant to be bound was refused in this request.</summary>
    internal bool HasRefusedBoundToken =>
        (Failure is { } failure && failure != BindingFailure.TokenUnbound && mode == EnforcementMode.Enforce)
        || (earlier?.HasRefusedBoundToken ?? false);
}
