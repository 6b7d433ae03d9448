using System.Diagnostics.CodeAnalysis;

namespace BoundTokenEnforcement;

/// <summary>
/// Raises an alarm when a resource that ever said that it supports bound tokens no longer does. What was said is shared by all clients; the alarm is each
/// client's own.
/// </summary>
internal sealed class DowngradeDetector(EnforcementHistory history, Action<ResourceIdentifier>? onWithdrawn, GuardTelemetry telemetry)
{
    private const int Capacity = 10_000;

    private readonly BoundedMap<ResourceIdentifier, State> _states = new(Capacity);

    /// <exception cref="BoundTokenGuardException">The resource did say so, and this document does not.</exception>
    internal void RequireNotWithdrawn(ProtectedResourceMetadata document)
    {
        var resource = document.Resource;
        if (document.TlsClientCertificateBoundAccessTokens is true)
        {
            history.Add(resource);
            _states.GetOrAdd(resource, static _ => new State()).IsWithdrawn = false;
        }
        else if (ReportDowngrade(resource))
        {
            throw new BoundTokenGuardException(
                GuardFailure.EnforcementWithdrawn, $"'{resource}' said that it supports certificate-bound access tokens, and no longer does.");
        }
    }

    /// <summary>To be called when what the resource says now is something else, or cannot be believed. Raises the alarm, once.</summary>
    /// <returns>Whether it said that it supports bound tokens before.</returns>
    internal bool ReportDowngrade(ResourceIdentifier resource)
    {
        if (!history.Contains(resource))
        {
            return false;
        }

        var state = _states.GetOrAdd(resource, static _ => new State());
        if (!state.IsWithdrawn)
        {
            state.IsWithdrawn = true;
            Alarm(resource);
        }

        return true;
    }

    private void Alarm(ResourceIdentifier resource)
    {
        telemetry.EnforcementWithdrawn(resource);
        if (onWithdrawn is not null)
        {
            // On its own: it may block, and callers are waiting.
            ThreadPool.UnsafeQueueUserWorkItem(Call, resource, preferLocal: false);
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It is the application's code, and nothing of ours depends on it.")]
    private void Call(ResourceIdentifier resource)
    {
        try
        {
            onWithdrawn!(resource);
        }
        catch (Exception e)
        {
            telemetry.AlarmFailed(resource, e);
        }
    }

    /// <summary>Only ever touched by the one fetch of its resource.</summary>
    private sealed class State
    {
        internal bool IsWithdrawn { get; set; }
    }
}
