namespace BoundTokenEnforcement;

/// <summary>How certificate-bound access tokens are enforced. Bound from the configuration section <c>BoundTokens</c>, then from code.</summary>
public sealed class BoundTokenEnforcementOptions
{
    /// <summary>The configuration section that is bound first.</summary>
    public const string SectionName = "BoundTokens";

    private readonly Dictionary<string, string> _exempt = new(StringComparer.Ordinal);
    private readonly HashSet<string> _judgedByHandler = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reportOnly = new(StringComparer.Ordinal);
    private readonly HashSet<string> _withoutTokens = new(StringComparer.Ordinal);
    private readonly HashSet<string> _verifying = new(StringComparer.Ordinal);

    /// <summary>Whether tokens must be bound. A bound token is verified whatever this says.</summary>
    /// <value>Default: <see cref="BindingRequirement.Required"/>.</value>
    public BindingRequirement Requirement { get; set; } = BindingRequirement.Required;

    /// <summary>
    /// Whether Kestrel's TLS listeners ask for a client certificate where the application has no mode, validation or <c>OnAuthenticate</c>
    /// callback configured. No certificate is required, and none is rejected for its chain
    /// (<see href="https://www.rfc-editor.org/rfc/rfc8705#section-6.2">RFC 8705 §6.2</see>), and the application does not see them, unless
    /// <see cref="CertificateAuthenticationScheme"/> is set.
    /// </summary>
    /// <remarks>
    /// No effect in an application that calls <c>ConfigureHttpsDefaults</c> itself, or that terminates TLS with a
    /// <c>TlsHandshakeCallbackOptions</c>: call
    /// <see cref="Microsoft.AspNetCore.Hosting.BoundTokenHttpsConnectionAdapterOptionsExtensions.RequestClientCertificate"/> in the
    /// former. Any <c>OnAuthenticate</c> or <c>ClientCertificateValidation</c> of the application on a listener also stops the asking there, even if
    /// it has nothing to do with client certificates. No effect on other servers than Kestrel. With <see langword="false"/> listeners are not
    /// changed; HTTP/3 does not start otherwise. Read only at start.
    /// </remarks>
    /// <value>Default: <see langword="true"/>.</value>
    public bool RequestClientCertificates { get; set; } = true;

    /// <summary>Whether rejections are carried out, or only reported. For rolling out; see <see cref="ReportOnly"/> for a single scheme.</summary>
    /// <value>Default: <see cref="EnforcementMode.Enforce"/>.</value>
    public EnforcementMode Mode { get; set; } = EnforcementMode.Enforce;

    /// <summary>What the start-up audit does when it finds something that can only fail open, or can never work. Looked at only at start.</summary>
    /// <value>Default: <see cref="AuditFailureBehavior.StopHost"/>.</value>
    public AuditFailureBehavior Audit { get; set; } = AuditFailureBehavior.StopHost;

    /// <summary>
    /// A scheme of the application that must accept the certificate too, once the binding has been verified: its chain and revocation
    /// policy then applies (<c>AddCertificate()</c> of Microsoft.AspNetCore.Authentication.Certificate, for example). It must neither be guarded nor forward.
    /// </summary>
    /// <remarks>
    /// With it, the application sees in <c>HttpContext.Connection.ClientCertificate</c> also the certificates that only
    /// <see cref="RequestClientCertificates"/> asked for. TLS has checked none of these: any stranger's is among them.
    /// </remarks>
    /// <value>Default: none. Possession of the key is the proof (RFC 8705 §6.2).</value>
    public string? CertificateAuthenticationScheme { get; set; }

    /// <summary>
    /// Whether the user of a bound token also gets the identities that <see cref="CertificateAuthenticationScheme"/> gives the owner of the certificate, behind the
    /// token's own. Their roles and claims then count too.
    /// </summary>
    /// <value>Default: <see langword="false"/>. The user is whom the token names, and nobody else.</value>
    public bool MergeCertificatePrincipal { get; set; }

    /// <summary>Whose certificates tokens may be bound to: certain authorities, certain names in the certificate. Looked at once the binding was verified.</summary>
    /// <value>Default: all.</value>
    public AllowedCertificateOptions AllowedCertificates { get; } = new();

    /// <summary>
    /// Whether a certificate that the handshake did not ask for is asked for when a bound token arrives
    /// (<c>ClientCertificateMode.DelayCertificate</c>). HTTP/1.1 and Kestrel's own TLS only, and only before the body of the request is read.
    /// </summary>
    /// <value>Default: <see langword="false"/>. RFC 8705 has no rules for late certificates (§3).</value>
    public bool NegotiateDelayedCertificates { get; set; }

    /// <summary>
    /// From whom certificates are believed that a proxy forwards in a header field. With it, they come from there only: the certificate of the
    /// connection is the proxy's, and is never taken for the client's. Set by <see cref="UseForwardedCertificate"/>.
    /// </summary>
    /// <value>Default: none. Certificates come from the connection, and no header field is read.</value>
    public ForwardedCertificateOptions? ForwardedCertificate { get; set; }

    /// <summary>
    /// Whether a request is answered with 421 (RFC 9110 §15.5.20) if its host is not the one that the TLS handshake named. For hosts that ask
    /// for certificates under one name and not under another.
    /// </summary>
    /// <value>Default: <see langword="false"/>. A handshake without a name is not compared.</value>
    public bool RejectMisdirectedRequests { get; set; }

    /// <summary>
    /// Called after each refusal, for example to raise an alarm. Gets thumbprints and identifiers, never the token. Awaited before the
    /// answer; what it throws is logged and has no effect.
    /// </summary>
    /// <value>Default: none.</value>
    public Func<BindingRejectedContext, ValueTask>? OnRejected { get; set; }

    /// <summary>How the signing keys of the authorization servers are fetched and kept.</summary>
    public SigningKeyOptions SigningKeys { get; } = new();

    /// <summary>The schemes that are left alone, each with the reason.</summary>
    public IReadOnlyDictionary<string, string> ExemptSchemes => _exempt;

    /// <summary>The schemes whose handlers hand their tokens over themselves.</summary>
    public IReadOnlySet<string> SchemesEnforcedByHandler => _judgedByHandler;

    /// <summary>The schemes whose rejections are only reported.</summary>
    public IReadOnlySet<string> ReportOnlySchemes => _reportOnly;

    /// <summary>The schemes whose handlers accept no access tokens, as the application says.</summary>
    public IReadOnlySet<string> SchemesWithoutAccessTokens => _withoutTokens;

    /// <summary>The schemes whose handlers verify bindings themselves, as the application says.</summary>
    public IReadOnlySet<string> SchemesThatVerifyBindings => _verifying;

    /// <summary>
    /// States that the handler of <paramref name="scheme"/> accepts no access tokens that an authorization server issued: API keys, signed requests, a handler that only writes challenges. Its users
    /// are treated like those of a cookie: refused beside a bound token whose proof is missing, and at endpoints that demand a bound token.
    /// </summary>
    /// <remarks>
    /// Not checked. If the statement is wrong, a bound JWT in <c>Authorization</c> or in the query is refused without its proof all the same; a token in another place, or one that only its issuer can
    /// read, is accepted as stolen. The schemes of <c>AddCookie</c>, <c>AddCertificate</c>, <c>AddNegotiate</c>, <c>AddBearerToken</c>, remote sign-in and MCP's challenges are known and need no statement.
    /// </remarks>
    /// <param name="scheme">The scheme's name.</param>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public void AcceptsNoAccessTokens(string scheme)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(scheme);
        _withoutTokens.Add(scheme);
    }

    /// <summary>
    /// States that the handler of <paramref name="scheme"/> compares the certificate with <c>x5t#S256</c> itself, as OpenIddict's validation does (tested with 7.8). While it authenticates, it sees the certificate
    /// that the decision would be about in <c>HttpContext.Connection.ClientCertificate</c>, even where only <see cref="RequestClientCertificates"/> asked for it, or a trusted proxy forwarded it.
    /// </summary>
    /// <remarks>
    /// Checked once more: the confirmation of a JWT in <c>Authorization</c> or in the query, or else a <c>cnf</c> claim of the user. Where <see cref="BindingRequirement.Required"/> applies, one of the two must be there. Not checked: whether
    /// the handler compares anything if neither can be read. Endpoints with <c>RequireBoundToken</c> refuse its users.
    /// </remarks>
    /// <param name="scheme">The scheme's name.</param>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public void VerifiesBindings(string scheme)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(scheme);
        _verifying.Add(scheme);
    }

    /// <summary>
    /// Leaves a scheme as it is: if it accepts access tokens, it accepts stolen bound ones. While there is such a scheme, the metadata of the
    /// resources that use it does not claim that bound tokens are supported. Endpoints that demand a bound token refuse its users all the same.
    /// </summary>
    /// <param name="scheme">The scheme's name.</param>
    /// <param name="reason">The reason, which the start-up log shows.</param>
    /// <exception cref="ArgumentException">One of them is empty.</exception>
    public void ExemptScheme(string scheme, string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(scheme);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        _exempt[scheme] = reason;
    }

    /// <summary>
    /// Says that the handler of <paramref name="scheme"/> hands its token over by
    /// <see cref="Microsoft.AspNetCore.Http.BoundTokenHttpContextExtensions.EnforceTokenBindingAsync"/>. A success for which it did not is refused, whatever the token.
    /// </summary>
    /// <param name="scheme">The scheme's name.</param>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public void EnforcedByHandler(string scheme)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(scheme);
        _judgedByHandler.Add(scheme);
    }

    /// <summary>
    /// Accepts what <paramref name="scheme"/> would reject, and only reports it. For rolling out, scheme by scheme. Requests that are turned
    /// away before any scheme is asked follow <see cref="Mode"/>.
    /// </summary>
    /// <param name="scheme">The scheme's name.</param>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public void ReportOnly(string scheme)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(scheme);
        _reportOnly.Add(scheme);
    }

    /// <summary>
    /// Takes client certificates from the header field that a trusted proxy writes
    /// (<see href="https://www.rfc-editor.org/rfc/rfc9440">RFC 9440</see>, or an older form), and no longer from the connection.
    /// </summary>
    /// <param name="configure">Names the format and whom to trust. What the configuration says stands there already.</param>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/> is <see langword="null"/>.</exception>
    public void UseForwardedCertificate(Action<ForwardedCertificateOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(ForwardedCertificate ??= new ForwardedCertificateOptions());
    }

    internal EnforcementMode ModeOf(string scheme) => _reportOnly.Contains(scheme) ? EnforcementMode.ReportOnly : Mode;
}
