namespace BoundTokenEnforcement;

/// <summary>
/// What an access token says about the key that its sender must prove: its <c>cnf</c> claim
/// (<see href="https://www.rfc-editor.org/rfc/rfc7800#section-3.1">RFC 7800 §3.1</see>), read strictly.
/// </summary>
/// <remarks>
/// A confirmation is one of three things: absent, the thumbprint of a certificate, or a fault. A <see langword="default"/>
/// confirmation is a fault. What is not checked here: the token's signature, its lifetime, its audience.
/// </remarks>
public readonly struct Confirmation
{
    /// <summary>The longest text that <see cref="Read"/> understands: 65,536 bytes, twice what Kestrel allows for all header fields.</summary>
    public const int MaxJsonLength = 64 * 1024;

    private readonly State _state;
    private readonly BindingFailure _fault;
    private readonly CertificateThumbprint _thumbprint;

    private enum State : byte
    {
        Faulty,
        Absent,
        Certificate,
    }

    private Confirmation(State state, BindingFailure fault, CertificateThumbprint thumbprint)
    {
        _state = state;
        _fault = fault;
        _thumbprint = thumbprint;
    }

    /// <summary>The token carries no <c>cnf</c>: every holder may use it.</summary>
    public bool IsAbsent => _state == State.Absent;

    /// <summary>Why the confirmation cannot be verified; <see langword="null"/> if it can be, or is absent.</summary>
    public BindingFailure? Fault => _state == State.Faulty ? _fault : null;

    /// <summary>The certificate to which the token is bound; a thumbprint that equals nothing if there is none.</summary>
    public CertificateThumbprint CertificateThumbprint => _thumbprint;

    /// <summary>The confirmation of a token that carries none.</summary>
    public static Confirmation Absent { get; } = new(State.Absent, default, default);

    internal static Confirmation BoundTo(CertificateThumbprint thumbprint) => new(State.Certificate, default, thumbprint);

    /// <summary>A confirmation that cannot be verified. It can only ever lead to a refusal.</summary>
    /// <param name="fault">The reason.</param>
    public static Confirmation Faulty(BindingFailure fault) => new(State.Faulty, fault, default);

    /// <summary>
    /// Reads the confirmation out of the payload of a JWT, or out of an introspection answer: one JSON object in UTF-8,
    /// in which <c>cnf</c> may be a member.
    /// </summary>
    /// <param name="utf8Json">The decoded bytes, exactly as they were signed or received.</param>
    /// <returns>Never throws: what is not understood is a fault.</returns>
    public static Confirmation Read(ReadOnlySpan<byte> utf8Json) => ConfirmationReader.Read(utf8Json);
}
