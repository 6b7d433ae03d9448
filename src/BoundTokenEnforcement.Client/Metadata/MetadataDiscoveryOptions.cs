using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>For how long metadata is kept, and whose signature it must bear.</summary>
public sealed class MetadataDiscoveryOptions
{
    /// <summary>
    /// The shortest time for which a document is kept, whatever its <c>Cache-Control</c> says. A guard lets challenges put the metadata in doubt at most once
    /// in this time.
    /// </summary>
    /// <value>Default: 1 minute. From 1 second to 1 day.</value>
    public TimeSpan MinLifetime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest time for which a document is kept, whatever its <c>Cache-Control</c> says.</summary>
    /// <value>Default: 1 hour. From 1 second to 1 day, and not below <see cref="MinLifetime"/>.</value>
    public TimeSpan MaxLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>For how long a failure is remembered before the resource is asked again.</summary>
    /// <value>Default: 15 seconds. From 1 second to 5 minutes. <c>Retry-After</c> has no effect.</value>
    public TimeSpan FailureLifetime { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Keys for <c>signed_metadata</c>. With any, a document without a valid signature is refused whole, and of one with a signature only what is
    /// signed counts (<see href="https://www.rfc-editor.org/rfc/rfc9728#section-2.2">RFC 9728 §2.2</see>).
    /// </summary>
    /// <value>Default: none; signed metadata is then ignored and proves nothing. Asymmetric keys only.</value>
    public IList<SecurityKey> SigningKeys { get; } = [];

    /// <summary>The issuer of <c>signed_metadata</c>, to whom <see cref="SigningKeys"/> belong.</summary>
    /// <value>Required together with <see cref="SigningKeys"/>.</value>
    public string? Issuer { get; set; }

    /// <summary>
    /// Called when a resource that said that it supports bound tokens no longer says so, or answers with metadata that cannot be believed (invalid, of another
    /// resource, or with a signature that does not hold). What it throws is logged and has no effect.
    /// </summary>
    /// <value>Default: none; the withdrawal is logged in any case.</value>
    public Action<ResourceIdentifier>? OnEnforcementWithdrawn { get; set; }

    internal void CopyTo(MetadataDiscoveryOptions other)
    {
        (other.MinLifetime, other.MaxLifetime, other.FailureLifetime, other.Issuer, other.OnEnforcementWithdrawn) =
            (MinLifetime, MaxLifetime, FailureLifetime, Issuer, OnEnforcementWithdrawn);
        foreach (var key in SigningKeys)
        {
            other.SigningKeys.Add(key);
        }
    }
}
