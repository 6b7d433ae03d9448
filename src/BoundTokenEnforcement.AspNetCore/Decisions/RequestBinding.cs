using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace BoundTokenEnforcement;

/// <summary>
/// Everything that this library knows about one request: the options in force when it began, the certificate that its client presented, and what was
/// decided about its tokens. Created before the application's own middleware runs.
/// </summary>
internal sealed class RequestBinding
{
    private readonly IFeatureCollection _features;
    private BoundTokenFeature? _latest;
    private List<UnverifiedTicket>? _unverified;
    private bool _keysWereUnavailable;

    private RequestBinding(IFeatureCollection features, EffectivePolicy policy, ClientCertificateState? certificate)
    {
        _features = features;
        Policy = policy;
        Certificate = certificate;
    }

    /// <summary>A reload does not change them while the request runs.</summary>
    internal EffectivePolicy Policy { get; }

    internal BoundTokenEnforcementOptions Options => Policy.Options;

    /// <summary>The certificate that the client presented; <see langword="null"/> if the request did not pass the start of our pipeline.</summary>
    internal ClientCertificateState? Certificate { get; set; }

    /// <summary>
    /// The connection's own certificate where the client's comes from a header field and TLS is not Kestrel's: nothing else shows afterwards
    /// whether middleware replaced it.
    /// </summary>
    internal PresentedCertificate? ProxyCertificate { get; set; }

    /// <summary>The scheme that is authenticating at the moment. The name in a handler's ticket is not trusted.</summary>
    internal string? Scheme { get; set; }

    /// <summary>The latest decision.</summary>
    internal BoundTokenFeature? Latest => _latest;

    /// <summary>Whether a ticket was accepted without a binding decision: a cookie, an API key, or a ticket of an exempt scheme.</summary>
    internal bool HasUnverifiedTickets => _unverified is not null;

    /// <summary>Whether a token that was meant to be bound was rejected. Only what is wrong with the token itself counts here.</summary>
    internal bool HasRejectedBoundToken
    {
        get
        {
            for (var decision = _latest; decision is not null; decision = decision.Earlier)
            {
                if (decision is { IsEnforced: true, Failure: not (null or BindingFailure.TokenUnbound or BindingFailure.SchemeNotEnforced) })
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Whether a ticket was rejected because of its binding.</summary>
    internal bool HasRejected
    {
        get
        {
            for (var decision = _latest; decision is not null; decision = decision.Earlier)
            {
                if (decision is { IsEnforced: true, Failure: not (null or BindingFailure.TokenUnbound) })
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>
    /// True if at least one ticket was accepted, and each accepted ticket had a verified binding or was accepted in report-only mode. A rejected
    /// token beside them does no harm.
    /// </summary>
    internal bool AcceptsOnlyVerifiedTickets
    {
        get
        {
            var accepted = false;
            for (var decision = _latest; decision is not null; decision = decision.Earlier)
            {
                if (decision is { IsAccepted: true, IsEnforced: true, Binding: null })
                {
                    return false;
                }

                accepted |= decision.IsAccepted;
            }

            return accepted && !HasUnverifiedTickets;
        }
    }

    /// <summary>
    /// Whether to answer 503: the token could not be validated because no keys were available. A request that was rejected without any keys
    /// stays rejected.
    /// </summary>
    internal bool IsUnavailable => _keysWereUnavailable && !HasRejected;

    /// <summary>What is known about this request; <see langword="null"/> if it did not pass the start of our pipeline.</summary>
    internal static RequestBinding? Of(HttpContext context)
    {
        // Batch endpoints copy the features of a request to those of its parts. The parts run side by side, and each needs its own decisions.
        var found = context.Features.Get<RequestBinding>();
        return found is null || ReferenceEquals(found._features, context.Features) ? found : found.CopyTo(context.Features);
    }

    /// <summary>Replaces whatever an earlier request left in the collection.</summary>
    internal static RequestBinding Begin(HttpContext context, EffectivePolicy policy, ClientCertificateState? certificate)
    {
        var request = new RequestBinding(context.Features, policy, certificate);
        context.Features.Set(request);
        return request;
    }

    internal void Add(BindingDecision decision)
    {
        // An endpoint that authenticates again and again, such as a hub for each message, must not make the list longer and longer.
        var repeats = _latest is { IsAccepted: false } latest && !decision.IsAccepted && latest.Scheme == decision.Scheme && latest.Failure == decision.Result.Failure;
        _latest = new BoundTokenFeature(decision, repeats ? _latest!.Earlier : _latest);
        _features.Set<IBoundTokenFeature>(_latest);
    }

    /// <summary>
    /// The decision that accepted the ticket with these properties. The object itself counts: claims are transformed and tickets rebuilt on their
    /// way, and the properties are passed on.
    /// </summary>
    internal BoundTokenFeature? DecisionBehind(AuthenticationProperties? properties)
    {
        var decision = properties is null ? null : _latest;
        while (decision is not null && !ReferenceEquals(decision.Ticket, properties))
        {
            decision = decision.Earlier;
        }

        return decision;
    }

    /// <summary>Whether the latest decision accepted the ticket with these properties, and no token was rejected before it: then there is nothing to examine.</summary>
    internal bool HasJustAccepted(AuthenticationProperties? properties) =>
        properties is not null && _latest is { Earlier: null, Outcome: BindingOutcome.Verified } && ReferenceEquals(_latest.Ticket, properties);

    internal void AddUnverified(AuthenticationProperties? ticket, bool isExempt)
    {
        if (!WasAcceptedUnverified(ticket, besideRejectedToken: false))
        {
            (_unverified ??= []).Add(new(ticket, isExempt));
        }
    }

    /// <summary>
    /// Whether this very ticket was accepted before: it is asked for again, or came here through a scheme that forwards. A token that was rejected
    /// meanwhile takes the ticket along, unless the ticket's scheme is exempt.
    /// </summary>
    internal bool WasAcceptedUnverified(AuthenticationProperties? ticket, bool besideRejectedToken) =>
        ticket is not null
        && _unverified?.Exists(accepted => ReferenceEquals(accepted.Ticket, ticket) && (accepted.IsExempt || !besideRejectedToken)) == true;

    internal void MarkKeysUnavailable() => _keysWereUnavailable = true;

    private RequestBinding CopyTo(IFeatureCollection features)
    {
        var copy = new RequestBinding(features, Policy, Certificate)
        {
            ProxyCertificate = ProxyCertificate,
            Scheme = Scheme,
            _latest = _latest,
            _unverified = _unverified is null ? null : [.. _unverified],
            _keysWereUnavailable = _keysWereUnavailable,
        };
        features.Set(copy);
        return copy;
    }

    private readonly record struct UnverifiedTicket(AuthenticationProperties? Ticket, bool IsExempt);
}
