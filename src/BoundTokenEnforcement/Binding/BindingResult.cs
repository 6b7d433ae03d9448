using System.Diagnostics.CodeAnalysis;

namespace BoundTokenEnforcement;

/// <summary>The answer of <see cref="CertificateBinding.Verify"/>. A <see langword="default"/> result is a refusal.</summary>
public readonly struct BindingResult
{
    private readonly BindingFailure _failure;

    private BindingResult(BindingOutcome outcome, BindingFailure failure, VerifiedBinding? binding)
    {
        Outcome = outcome;
        _failure = failure;
        Binding = binding;
    }

    /// <summary>What was decided.</summary>
    public BindingOutcome Outcome { get; }

    /// <summary>The proof, if <see cref="Outcome"/> is <see cref="BindingOutcome.Verified"/>.</summary>
    public VerifiedBinding? Binding { get; }

    /// <summary>The reason, if <see cref="Outcome"/> is <see cref="BindingOutcome.Refused"/>.</summary>
    public BindingFailure? Failure => IsRefused ? _failure : null;

    /// <summary>Whether the token must not be accepted.</summary>
    [MemberNotNullWhen(true, nameof(Failure))]
    public bool IsRefused => Outcome == BindingOutcome.Refused;

    internal static BindingResult Unbound { get; } = new(BindingOutcome.Unbound, default, null);

    internal static BindingResult Verified(VerifiedBinding binding) => new(BindingOutcome.Verified, default, binding);

    /// <summary>A refusal, for a reason that is found before there is anything to compare.</summary>
    /// <param name="failure">The reason.</param>
    public static BindingResult Refused(BindingFailure failure) => new(BindingOutcome.Refused, failure, null);
}
