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
    private volatile BoundTokenEnforcementOptions _current;

    public EnforcementPolicy(
        IOptionsFactory<BoundTokenEnforcementOptions> factory,
        IEnumerable<IOptionsChangeTokenSource<BoundTokenEnforcementOptions>> sources,
        ILogger<EnforcementPolicy> logger)
    {
        _factory = factory;
        _logger = logger;
        _current = factory.Create(Options.DefaultName);
        _subscriptions = [.. sources.Select(source => ChangeToken.OnChange(source.GetChangeToken, Reload))];
    }

    /// <summary>The options in force. Ask once per decision: the next call may give others.</summary>
    internal BoundTokenEnforcementOptions Current => _current;

    public void Dispose()
    {
        foreach (var subscription in _subscriptions)
        {
            subscription.Dispose();
        }
    }

    private void Reload()
    {
        try
        {
            _current = _factory.Create(Options.DefaultName);
            _logger.PolicyReloaded(_current.Requirement, _current.Mode);
        }
#pragma warning disable CA1031 // Whatever is wrong with the new configuration: the old one stays in force.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _logger.ReloadRefused(e.Message);
        }
    }
}
