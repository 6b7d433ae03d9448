using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement;

/// <summary>One refusal, as <see cref="BoundTokenEnforcementOptions.OnRejected"/> sees it.</summary>
public sealed class BindingRejectedContext
{
    internal BindingRejectedContext()
    {
    }

    /// <summary>The request. Its headers hold the token: do not log them.</summary>
    public required HttpContext HttpContext { get; init; }

    /// <summary>The authentication scheme; empty if the request was refused before any was asked.</summary>
    public required string Scheme { get; init; }

    /// <summary>Why.</summary>
    public required BindingFailure Failure { get; init; }

    /// <summary>Whether the refusal was carried out.</summary>
    public required EnforcementMode Mode { get; init; }

    /// <summary>The certificate to which the token is bound; empty text if it is not bound to one.</summary>
    public required CertificateThumbprint Expected { get; init; }

    /// <summary>The certificate that was presented; empty text if there was none.</summary>
    public required CertificateThumbprint Presented { get; init; }

    /// <summary>
    /// Whether the scheme had validated the token. If not, an attacker can have chosen <see cref="Expected"/>, <see cref="TokenId"/> and
    /// <see cref="ClientId"/>: most tokens are refused before their signature is verified, because that is cheaper.
    /// </summary>
    public required bool IsTokenValidated { get; init; }

    /// <summary>The token's <c>jti</c>, cut to 200 characters.</summary>
    public required string? TokenId { get; init; }

    /// <summary>The token's <c>client_id</c>, cut to 200 characters.</summary>
    public required string? ClientId { get; init; }
}
