using Microsoft.AspNetCore.Authentication;

namespace BoundTokenEnforcement;

/// <summary>A decision as the application sees it. It does not change, whatever is decided afterwards.</summary>
internal sealed class BoundTokenFeature(BindingDecision decision, BoundTokenFeature? earlier) : IBoundTokenFeature
{
    private readonly BindingResult _result = decision.Result;

    public string Scheme { get; } = decision.Scheme;

    public EnforcementMode Mode { get; } = decision.Mode;

    public BindingOutcome Outcome => _result.Outcome;

    public VerifiedBinding? Binding => _result.Binding;

    public BindingFailure? Failure => _result.Failure;

    /// <summary>What identifies the ticket; <see langword="null"/> if none was accepted.</summary>
    internal AuthenticationProperties? Ticket { get; } = decision.IsAccepted ? decision.Success!.Properties : null;

    /// <summary>The decision before this one in the same request.</summary>
    internal BoundTokenFeature? Earlier { get; } = earlier;

    internal bool IsAccepted => Ticket is not null;

    internal bool IsEnforced => Mode != EnforcementMode.ReportOnly;
}
