using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features;

namespace BoundTokenEnforcement;

/// <summary>Left on a request into which somebody was let without a judgement: by a cookie, an API key, or a scheme that is left unguarded.</summary>
internal sealed class UnjudgedIdentity
{
    private readonly AuthenticationProperties? _ticket;
    private readonly UnjudgedIdentity? _earlier;

    private UnjudgedIdentity(AuthenticationProperties? ticket, UnjudgedIdentity? earlier)
    {
        _ticket = ticket;
        _earlier = earlier;
    }

    internal static UnjudgedIdentity? Of(IFeatureCollection features) => features.Get<UnjudgedIdentity>();

    internal static void Add(IFeatureCollection features, AuthenticationProperties? ticket)
    {
        var earlier = Of(features);
        if (earlier?.Covers(ticket) != true)
        {
            features.Set(new UnjudgedIdentity(ticket, earlier));
        }
    }

    /// <summary>Whether this very ticket was looked at before: it came here through a scheme that forwards.</summary>
    internal bool Covers(AuthenticationProperties? ticket) =>
        (ticket is not null && ReferenceEquals(_ticket, ticket)) || (_earlier?.Covers(ticket) ?? false);
}
