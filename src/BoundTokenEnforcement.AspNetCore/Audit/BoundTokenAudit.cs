using Microsoft.Extensions.Hosting;

namespace BoundTokenEnforcement;

/// <summary>Puts the report together.</summary>
internal sealed class BoundTokenAudit(
    EnforcementPolicy policy,
    SchemeAudit schemes,
    EndpointAudit endpoints,
    ListenerAudit listeners,
    ForwardingAudit forwarding,
    CertificateAudit certificates,
    MetadataProbe? probe = null,
    MetadataRouteAudit? owners = null,
    IHostEnvironment? environment = null) : IBoundTokenAudit
{
    public async Task<BoundTokenAuditReport> RunAsync(CancellationToken cancellationToken)
    {
        var effective = policy.Effective;
        var options = effective.Options;
        var found = new AuditFaults();
        var auditedSchemes = await schemes.RunAsync(found).ConfigureAwait(false);
        var auditedEndpoints = await endpoints.RunAsync(found).ConfigureAwait(false);
        var auditedListeners = await listeners.RunAsync(cancellationToken).ConfigureAwait(false);
        var noneCanArrive = auditedListeners.Count > 0 && auditedListeners.All(static listener => listener.CertificateCanArrive == false);
        if (noneCanArrive)
        {
            found.AddRefusing(effective.Forwarder is null
                ? "No client certificate can arrive, so every bound token would be refused. Listen on https, and let the listener ask: RequestClientCertificates = true, or https.RequestClientCertificate() in your own ConfigureHttpsDefaults. Or, if a reverse proxy or an ingress ends TLS, name it and its field in BoundTokens:ForwardedCertificate."
                : "No trusted proxy can connect, so every bound token would be refused. Proxies that are known by TrustedProxyThumbprints need a listener on https that asks for certificates; TrustUnixSocket alone needs a Unix socket.");
        }

        var metadataLines = await MetadataAsync(auditedListeners, found, cancellationToken).ConfigureAwait(false);
        var isDevelopment = environment?.IsDevelopment() ?? false;
        return new BoundTokenAuditReport
        {
            Policy = Policy(effective),
            Schemes = auditedSchemes,
            Endpoints = auditedEndpoints,
            Listeners = auditedListeners,
            Metadata = metadataLines,
            Warnings = [.. found.Tolerated(options.Mode, isDevelopment), .. Warnings(options, noneCanArrive ? [] : auditedListeners), .. await schemes.WarningsAsync().ConfigureAwait(false), .. await certificates.WarningsAsync().ConfigureAwait(false), .. forwarding.Warnings(auditedListeners)],
            Faults = found.Stopping(options.Mode, isDevelopment),
        };
    }

    private static string Policy(EffectivePolicy policy) =>
        $"requirement {policy.Options.Requirement}, mode {policy.Options.Mode}, {ForwardingAudit.SourceOf(policy)}"
        + (policy.Options.NegotiateDelayedCertificates ? ", also late" : string.Empty)
        + (policy.Options.CertificateAuthenticationScheme is { } scheme ? $", accepted by scheme '{scheme}'" : string.Empty)
        + (policy.Allowed is null ? string.Empty : ", of allowed certificates only");

    private async Task<IReadOnlyList<string>> MetadataAsync(IReadOnlyList<AuditedListener> listeners, AuditFaults faults, CancellationToken cancellationToken)
    {
        if (probe is null || owners is null)
        {
            return ["none published: clients cannot know that bound tokens are enforced here"];
        }

        faults.AddRange(owners.Faults());
        return await probe.RunAsync(listeners, faults, cancellationToken).ConfigureAwait(false);
    }

    private static IEnumerable<string> Warnings(BoundTokenEnforcementOptions options, IReadOnlyList<AuditedListener> listeners)
    {
        if (options.Mode == EnforcementMode.ReportOnly)
        {
            yield return "NOTHING IS ENFORCED: Mode is ReportOnly, and stolen tokens are accepted.";
        }

        foreach (var (scheme, because) in options.ExemptSchemes)
        {
            yield return $"Scheme '{scheme}' accepts stolen bound tokens, reason: {because}";
        }

        foreach (var scheme in options.ReportOnlySchemes)
        {
            yield return $"Scheme '{scheme}' accepts stolen bound tokens: it only reports.";
        }

        foreach (var listener in listeners.Where(static listener => listener.CertificateCanArrive == false))
        {
            yield return $"Bound tokens are refused at {listener.Address}: it {listener.Finding}";
        }
    }
}
