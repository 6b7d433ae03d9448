namespace BoundTokenEnforcement;

/// <summary>The options of one moment, and what was made out of them.</summary>
/// <param name="Options">The options, which are valid.</param>
/// <param name="Forwarder">Reads the forwarded field; <see langword="null"/> if certificates come from the connection.</param>
internal sealed record EffectivePolicy(BoundTokenEnforcementOptions Options, ForwardedCertificateSource? Forwarder)
{
    /// <summary>Whose certificates tokens may be bound to; <see langword="null"/> for everybody's.</summary>
    internal AllowedCertificates? Allowed { get; } = AllowedCertificates.Of(Options.AllowedCertificates);
}
