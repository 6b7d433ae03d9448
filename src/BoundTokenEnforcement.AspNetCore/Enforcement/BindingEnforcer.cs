using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement;

/// <summary>Gathers the inputs of the decision, asks the core, and carries out its answer. Has no rules of its own.</summary>
internal sealed class BindingEnforcer(EnforcementPolicy policy, DecisionTelemetry telemetry)
{
    /// <summary>Decides about a token that was validated, and turns its success into a failure if it is refused.</summary>
    internal async ValueTask<AuthenticateResult> EnforceAsync(HttpContext context, string scheme, AuthenticateResult success, Confirmation confirmation)
    {
        var options = policy.Current;
        var connection = ConnectionCertificate.Seen(context);
        if (options.NegotiateLateCertificates && LateCertificate.IsWorthAsking(connection, confirmation))
        {
            connection = await LateCertificate.NegotiateAsync(context);
        }

        var result = Compare(context, options, connection, confirmation);
        if (result.Binding is not null && !await CertificateScheme.AcceptsAsync(context, options, result.Binding))
        {
            result = BindingResult.Refused(BindingFailure.CertificateUntrusted);
        }

        return await CarryOutAsync(context, scheme, options, success, result, confirmation.CertificateThumbprint);
    }

    /// <summary>
    /// Looks at a token before its signature is verified, because refusing is cheap and verifying is not. Can only refuse.
    /// </summary>
    /// <returns>The refusal, or <see langword="null"/>: nothing has been decided then, and nothing is remembered.</returns>
    internal async ValueTask<AuthenticateResult?> RefuseEarlyAsync(HttpContext context, string scheme, Confirmation unverified)
    {
        var options = policy.Current;
        var connection = ConnectionCertificate.Seen(context);
        if (options.ModeOf(scheme) != EnforcementMode.Enforce
            || (options.NegotiateLateCertificates && LateCertificate.IsWorthAsking(connection, unverified)))
        {
            return null;
        }

        var result = Compare(context, options, connection, unverified);
        return result.IsRefused
            ? await CarryOutAsync(context, scheme, options, success: null, result, unverified.CertificateThumbprint)
            : null;
    }

    /// <summary>Refuses for a reason that is no matter of comparison.</summary>
    internal ValueTask<AuthenticateResult> RefuseAsync(
        HttpContext context, string scheme, AuthenticateResult? success, BindingFailure failure, CertificateThumbprint expected) =>
        CarryOutAsync(context, scheme, policy.Current, success, BindingResult.Refused(failure), expected);

    /// <summary>Compares without carrying anything out.</summary>
    internal bool WouldRefuse(HttpContext context, Confirmation unverified) =>
        Compare(context, policy.Current, ConnectionCertificate.Seen(context), unverified).IsRefused;

    private static BindingResult Compare(
        HttpContext context, BoundTokenEnforcementOptions options, ConnectionCertificate? connection, Confirmation confirmation) =>
        connection is null
            ? BindingResult.Refused(BindingFailure.ConnectionNotSeen)
            : CertificateBinding.Verify(confirmation, connection.Presented, EndpointRequirement.Of(context.GetEndpoint(), options.Requirement));

    private async ValueTask<AuthenticateResult> CarryOutAsync(
        HttpContext context,
        string scheme,
        BoundTokenEnforcementOptions options,
        AuthenticateResult? success,
        BindingResult result,
        CertificateThumbprint expected)
    {
        var mode = options.ModeOf(scheme);
        var letIn = success is not null && (!result.IsRefused || mode == EnforcementMode.ReportOnly);
        var earlier = BoundTokenFeature.Of(context.Features);
        context.Features.Set<IBoundTokenFeature>(new BoundTokenFeature(scheme, result, mode, letIn ? success!.Properties : null, earlier));
        await telemetry.TellAsync(context, options, scheme, mode, result, expected, success?.Principal);
        return letIn ? success! : BindingRefused.Result;
    }
}
