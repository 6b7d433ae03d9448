namespace BoundTokenEnforcement;

/// <summary>What a guarded <see cref="HttpClient"/> may talk to, and with which certificate.</summary>
public sealed class BoundTokenGuardOptions : ResourceConnectionOptions
{
    /// <summary>Options with their defaults.</summary>
    public BoundTokenGuardOptions()
        : this(new GuardedConnectionOptions())
    {
    }

    private BoundTokenGuardOptions(GuardedConnectionOptions connections) => Connections = connections;

    /// <summary>The identifier of the one protected resource that this client calls, exactly as its metadata has it.</summary>
    /// <value>Required.</value>
    public string? Resource { get; set; }

    /// <summary>The issuers whose tokens may be sent. The resource's metadata must name at least one of them.</summary>
    /// <value>At least one.</value>
    public IList<string> AllowedIssuers { get; } = [];

    /// <summary>Settings of the connections to the resource.</summary>
    public GuardedConnectionOptions Connections { get; }

    /// <summary>For how long the resource's metadata is kept, and whose signature it must bear.</summary>
    public MetadataDiscoveryOptions Metadata { get; } = new();

    /// <summary>
    /// The copy that was validated, made by the validator. The guard uses nothing else, so that what the application changes in its options afterwards is neither unvalidated
    /// nor half in effect.
    /// </summary>
    internal BoundTokenGuardOptions? Validated { get; set; }

    /// <returns>A copy with which the application has nothing in common but certificates with their keys, providers, callbacks and the proxy.</returns>
    internal BoundTokenGuardOptions Copy(List<string> faults)
    {
        var copy = new BoundTokenGuardOptions(Connections.Copy())
        {
            Resource = Resource,
            ClientCertificate = ClientCertificate,
            ClientCertificates = ClientCertificates,
            AllowLoopback = AllowLoopback,
            AllowPrivateNetworks = AllowPrivateNetworks,
        };
        foreach (var issuer in AllowedIssuers)
        {
            copy.AllowedIssuers.Add(issuer);
        }

        Metadata.CopyTo(copy.Metadata);
        faults.AddRange(copy.TakeCopiesOf(this));
        return copy;
    }
}
