using System.Security.Cryptography.X509Certificates;

namespace AuthorizationServer;

/// <summary>Everything the sample authorization server must be told.</summary>
public sealed class AuthorizationServerSettings
{
    /// <summary>The port of the issuer, where nobody is asked for a certificate.</summary>
    public required int Port { get; init; }

    /// <summary>The port of the mutual-TLS alias, where every connection is asked for a certificate (RFC 8705 §5).</summary>
    public required int MutualTlsPort { get; init; }

    /// <summary>The certificate of both listeners, with its private key, valid for <c>localhost</c>.</summary>
    public required X509Certificate2 Certificate { get; init; }

    /// <summary>The clients that may ask for tokens.</summary>
    public required IReadOnlyList<RegisteredClient> Clients { get; init; }

    /// <summary>The identifiers of the protected resources a token can be for. Which of them is the client's choice (RFC 8707); if it does not choose, all.</summary>
    public required IReadOnlyList<string> Resources { get; init; }

    /// <summary>The scopes a token can have.</summary>
    /// <value><c>read</c>.</value>
    public IReadOnlyList<string> Scopes { get; init; } = ["read"];

    /// <summary>The issuer identifier.</summary>
    public Uri Issuer => new($"https://localhost:{Port}/");

    /// <summary>The token endpoint at which tokens are bound to the client's certificate.</summary>
    public Uri MutualTlsTokenEndpoint => new($"https://localhost:{MutualTlsPort}/connect/token");
}
