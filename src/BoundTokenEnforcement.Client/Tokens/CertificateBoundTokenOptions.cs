namespace BoundTokenEnforcement;

/// <summary>Where and how a guarded client gets its certificate-bound access tokens: by client credentials, with the guard's certificate.</summary>
public sealed class CertificateBoundTokenOptions
{
    /// <summary>The issuer identifier of the authorization server, exactly as its metadata has it.</summary>
    /// <value>Required, and one of the guard's <see cref="BoundTokenGuardOptions.AllowedIssuers"/>.</value>
    public string? Issuer { get; set; }

    /// <summary>The client identifier.</summary>
    /// <value>Required.</value>
    public string? ClientId { get; set; }

    /// <summary>The scopes to ask for, separated by single blanks.</summary>
    /// <value>Default: none, which leaves it to the authorization server.</value>
    public string? Scope { get; set; }

    /// <summary>The resource indicator (RFC 8707): what the token shall be good for, and for nothing else (RFC 9728 §7.4).</summary>
    /// <value>Default: the guard's <see cref="BoundTokenGuardOptions.Resource"/>. An absolute URI without fragment.</value>
    public string? Resource { get; set; }

    /// <summary>How the client authenticates. Metadata that lists methods must list this one.</summary>
    /// <value>Default: <see cref="ClientAuthenticationMethod.TlsClientAuth"/>.</value>
    public ClientAuthenticationMethod Authentication { get; set; }

    /// <summary>
    /// Whether metadata is looked for where OpenID Connect Discovery has it (RFC 8414 §5), after the server has answered that it has none where it belongs.
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool OpenIdConfigurationFallback { get; set; }

    /// <summary>How long before its end a token is renewed; never more than a fifth of its life.</summary>
    /// <value>Default: 1 minute. From 0 to 10 minutes.</value>
    public TimeSpan RenewalMargin { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The time for one try of one request to the authorization server, from connecting to the last byte.</summary>
    /// <value>Default: 5 seconds. From 100 milliseconds to 1 minute.</value>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The time for one request with everything that is tried again, at most three tries.</summary>
    /// <value>Default: 15 seconds. From <see cref="AttemptTimeout"/> to 5 minutes.</value>
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>For how long the authorization server's metadata is used, whatever its <c>Cache-Control</c> says.</summary>
    /// <value>Default: 15 minutes. From 1 second to 1 day.</value>
    public TimeSpan MetadataLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>For how long a failure is remembered before the authorization server is asked again.</summary>
    /// <value>Default: 5 seconds. From 1 second to 5 minutes.</value>
    public TimeSpan FailureLifetime { get; set; } = TimeSpan.FromSeconds(5);

    internal CertificateBoundTokenOptions Copy() => (CertificateBoundTokenOptions)MemberwiseClone();
}
