namespace BoundTokenEnforcement;

/// <summary>The members of <c>cnf</c> that this library knows by name. Names are case-sensitive (RFC 7800 §1.1).</summary>
internal static class ConfirmationMethod
{
    /// <summary>Thumbprint of the client's certificate (RFC 8705 §3.1): the one method that is verified here.</summary>
    internal static ReadOnlySpan<byte> CertificateThumbprint => "x5t#S256"u8;

    /// <summary>Thumbprint of a DPoP key (RFC 9449 §6.1).</summary>
    internal static ReadOnlySpan<byte> JwkThumbprint => "jkt"u8;

    /// <summary>A key itself (RFC 7800 §3.2).</summary>
    internal static ReadOnlySpan<byte> Jwk => "jwk"u8;

    /// <summary>An encrypted key (RFC 7800 §3.3).</summary>
    internal static ReadOnlySpan<byte> Jwe => "jwe"u8;

    /// <summary>Where a key set could be fetched from (RFC 7800 §3.5). Never fetched here.</summary>
    internal static ReadOnlySpan<byte> JwkSetUrl => "jku"u8;
}
