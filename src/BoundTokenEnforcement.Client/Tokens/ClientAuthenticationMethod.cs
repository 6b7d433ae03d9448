namespace BoundTokenEnforcement;

/// <summary>
/// How the client shows the authorization server who it is. Both ways send the same: <c>client_id</c>, and the client certificate in the handshake. They differ in what
/// is registered there (<see href="https://www.rfc-editor.org/rfc/rfc8705#section-2">RFC 8705 §2</see>).
/// </summary>
public enum ClientAuthenticationMethod
{
    /// <summary><c>tls_client_auth</c>: a subject name, and an authority that issues certificates for it.</summary>
    TlsClientAuth = 0,

    /// <summary><c>self_signed_tls_client_auth</c>: the certificate itself.</summary>
    SelfSignedTlsClientAuth = 1,
}
