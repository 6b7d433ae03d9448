using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace BoundTokenEnforcement;

/// <summary>
/// The options in force. A reload replaces them as a whole, and only if they are valid: until then the last good ones stay. (The
/// framework's own monitor would throw at each use after a bad reload.)
/// </summary>
internal sealed class EnforcementPolicy : IDisposable
{
    private readonly IOptionsFactory<BoundTokenEnforcementOptions> _factory;
    private readonly ILogger<EnforcementPolicy> _logger;
    private readonly IDisposable[] _subscriptions;
    private volatile EffectivePolicy _effective;

    public EnforcementPolicy(
        IOptionsFactory<BoundTokenEnforcementOptions> factory,
        IEnumerable<IOptionsChangeTokenSource<BoundTokenEnforcementOptions>> sources,
        ILogger<EnforcementPolicy> logger)
    {
        _factory = factory;
        _logger = logger;
        _effective = Create();
        _subscriptions = [.. sources.Select(source => ChangeToken.OnChange(source.GetChangeToken, Reload))];
    }

    /// <summary>The options in force now. A request is decided by those of its <see cref="RequestBinding"/>.</summary>
    internal BoundTokenEnforcementOptions Current => _effective.Options;

    /// <summary>The same, with what was made out of them.</summary>
    internal EffectivePolicy Effective => _effective;

    /// <summary>What is known about the request. One that did not pass the start of our pipeline has no certificate, and no bound token is accepted with it.</summary>
    internal RequestBinding RequestOf(HttpContext context) => RequestBinding.Of(context) ?? RequestBinding.Begin(context, _effective, certificate: null);

    public void Dispose()
    {
        foreach (var subscription in _subscriptions)
        {
            subscription.Dispose();
        }
    }

    private void Reload()
    {
        BoundTokenEnforcementOptions? reloaded = null;
        var fault = string.Empty;
        try
        {
            reloaded = (_effective = Create()).Options;
        }
#pragma warning disable CA1031 // Whatever is wrong with the new configuration: the old one stays in force.
        catch (Exception e)
#pragma warning restore CA1031
        {
            fault = e.Message;
        }

        Observers.Notify(_logger, logger =>
        {
            if (reloaded is null)
            {
                logger.ReloadRefused(fault);
            }
            else
            {
                logger.PolicyReloaded(reloaded.Requirement, reloaded.Mode);
            }
        });
    }

    private EffectivePolicy Create()
    {
        var options = _factory.Create(Options.DefaultName);
        return new EffectivePolicy(options, options.ForwardedCertificate is { } forwarded ? new ForwardedCertificateSource(forwarded) : null);
    }
}
