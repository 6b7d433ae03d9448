namespace BoundTokenEnforcement;

/// <summary>How certificate-bound access tokens are enforced. Bound from the configuration section <c>BoundTokens</c>, then from code.</summary>
public sealed class BoundTokenEnforcementOptions
{
    /// <summary>The configuration section that is bound first.</summary>
    public const string SectionName = "BoundTokens";

    private readonly Dictionary<string, string> _unguarded = new(StringComparer.Ordinal);

    /// <summary>Whether tokens must be bound. A bound token is verified whatever this says.</summary>
    /// <value>Default: <see cref="BindingRequirement.Required"/>.</value>
    public BindingRequirement Requirement { get; set; } = BindingRequirement.Required;

    /// <summary>
    /// Whether Kestrel's TLS listeners ask for a client certificate where no client certificate mode is configured. None is
    /// demanded, and none is refused for its chain (<see href="https://www.rfc-editor.org/rfc/rfc8705#section-6.2">RFC 8705 §6.2</see>).
    /// </summary>
    /// <remarks>
    /// No effect in an application that has a <c>ConfigureHttpsDefaults</c> of its own, or that ends TLS by a
    /// <c>TlsHandshakeCallbackOptions</c>: call
    /// <see cref="Microsoft.AspNetCore.Hosting.BoundTokenHttpsConnectionAdapterOptionsExtensions.RequestClientCertificate"/> in the
    /// former. No effect on other servers than Kestrel.
    /// </remarks>
    /// <value>Default: <see langword="true"/>.</value>
    public bool RequestClientCertificates { get; set; } = true;

    /// <summary>The JwtBearer schemes that are left alone, each with the reason.</summary>
    public IReadOnlyDictionary<string, string> UnguardedSchemes => _unguarded;

    /// <summary>
    /// Leaves a JwtBearer scheme as it is: a stolen bound token is accepted there. While there is such a scheme, the metadata does not
    /// claim that bound tokens are supported.
    /// </summary>
    /// <param name="scheme">The scheme's name.</param>
    /// <param name="because">The reason, for whoever reads the start-up log.</param>
    /// <exception cref="ArgumentException">One of them is empty.</exception>
    public void LeaveUnguarded(string scheme, string because)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(scheme);
        ArgumentException.ThrowIfNullOrWhiteSpace(because);
        _unguarded[scheme] = because;
    }
}
