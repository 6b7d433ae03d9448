using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features;

namespace BoundTokenEnforcement;

/// <summary>Marks a request for which a ticket was accepted without a binding decision: a cookie, an API key, or a ticket of an exempt scheme.</summary>
internal sealed class UnverifiedIdentity
{
    private readonly AuthenticationProperties? _ticket;
    private readonly bool _isExempt;
    private readonly UnverifiedIdentity? _earlier;

    private UnverifiedIdentity(AuthenticationProperties? ticket, bool isExempt, UnverifiedIdentity? earlier)
    {
        _ticket = ticket;
        _isExempt = isExempt;
        _earlier = earlier;
    }

    internal static UnverifiedIdentity? Of(IFeatureCollection features) => features.Get<UnverifiedIdentity>();

    internal static void Add(IFeatureCollection features, AuthenticationProperties? ticket, bool isExempt)
    {
        var earlier = Of(features);
        if (earlier?.Covers(ticket, besideRefusedToken: false) != true)
        {
            features.Set(new UnverifiedIdentity(ticket, isExempt, earlier));
        }
    }

    /// <summary>
    /// Whether this very ticket was looked at before: it is asked for again, or came here through a scheme that forwards. A token that was refused
    /// meanwhile takes it along, unless its scheme is exempt.
    /// </summary>
    internal bool Covers(AuthenticationProperties? ticket, bool besideRefusedToken) =>
        (ticket is not null && ReferenceEquals(_ticket, ticket) && (_isExempt || !besideRefusedToken))
        || (_earlier?.Covers(ticket, besideRefusedToken) ?? false);
}
