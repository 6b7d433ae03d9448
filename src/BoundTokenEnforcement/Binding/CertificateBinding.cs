namespace BoundTokenEnforcement;

/// <summary>The decision: may a token with this confirmation be used by the peer who presented this certificate?</summary>
public static class CertificateBinding
{
    /// <summary>Decides. Pure: no I/O, no clock, no state; the same input always gives the same answer.</summary>
    /// <param name="confirmation">What the token says, read from the payload of the very token that was validated.</param>
    /// <param name="presented">What the peer proved, or <see langword="null"/> if it proved nothing.</param>
    /// <param name="requirement">Whether the token must be bound at all. An undefined value means <see cref="BindingRequirement.Required"/>.</param>
    /// <remarks>
    /// <see href="https://www.rfc-editor.org/rfc/rfc8705#section-3">RFC 8705 §3</see>. Not checked here: signature, lifetime,
    /// issuer and audience of the token; whatever calls this has validated them.
    /// </remarks>
    public static BindingResult Verify(Confirmation confirmation, PresentedCertificate? presented, BindingRequirement requirement)
    {
        // First, and whatever the requirement: an issuer that wrote a confirmation meant a binding.
        if (confirmation.Fault is { } fault)
        {
            return BindingResult.Refused(fault);
        }

        if (confirmation.IsAbsent)
        {
            return requirement == BindingRequirement.WhenBound
                ? BindingResult.Unbound
                : BindingResult.Refused(BindingFailure.TokenUnbound);
        }

        if (presented is null)
        {
            return BindingResult.Refused(BindingFailure.CertificateMissing);
        }

        return confirmation.CertificateThumbprint == presented.Thumbprint
            ? presented.WhenMatched
            : BindingResult.Refused(BindingFailure.CertificateMismatch);
    }
}
