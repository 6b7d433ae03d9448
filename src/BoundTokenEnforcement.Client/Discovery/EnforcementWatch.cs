using System.Diagnostics.CodeAnalysis;

namespace BoundTokenEnforcement;

/// <summary>
/// Remembers which resources ever said that they support bound tokens, for as long as the client lives: also while their metadata cannot be
/// fetched, and longer than their documents are kept.
/// </summary>
internal sealed class EnforcementWatch(Action<ResourceIdentifier>? onWithdrawn, GuardTelemetry telemetry)
{
    private const int Capacity = 10_000;

    private readonly BoundedMap<ResourceIdentifier, State> _enforcing = new(Capacity);

    /// <exception cref="BoundTokenRefusedException">The resource did say so, and this document does not.</exception>
    internal void RequireNotWithdrawn(ProtectedResourceMetadata document)
    {
        var resource = document.Resource;
        if (document.TlsClientCertificateBoundAccessTokens is true)
        {
            _enforcing.GetOrAdd(resource, static _ => new State()).IsWithdrawn = false;
        }
        else if (NoteWithdrawal(resource))
        {
            throw new BoundTokenRefusedException(
                GuardRefusal.EnforcementWithdrawn, $"'{resource}' said that it supports certificate-bound access tokens, and no longer does.");
        }
    }

    /// <summary>To be called when what the resource says now is something else, or cannot be believed. Raises the alarm, once.</summary>
    /// <returns>Whether it said that it supports bound tokens before.</returns>
    internal bool NoteWithdrawal(ResourceIdentifier resource)
    {
        if (!_enforcing.TryGet(resource, out var state))
        {
            return false;
        }

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
