using Microsoft.AspNetCore.Authentication;

namespace BoundTokenEnforcement;

/// <summary>One decision and what belongs to it, as it is applied and recorded.</summary>
/// <param name="Scheme">The authentication scheme; empty if the request was rejected before a scheme was asked.</param>
/// <param name="Mode">Whether a rejection is carried out.</param>
/// <param name="Result">The decision.</param>
/// <param name="Expected">The certificate that the token names.</param>
/// <param name="Success">The result of the scheme's own validation; <see langword="null"/> if the token was not validated yet.</param>
/// <param name="Began">When the decision began, from <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/>; 0 if its duration is not measured.</param>
internal readonly record struct BindingDecision(
    string Scheme, EnforcementMode Mode, BindingResult Result, CertificateThumbprint Expected = default, AuthenticateResult? Success = null, long Began = 0)
{
    internal bool IsAccepted => Success is not null && (!Result.IsRefused || Mode == EnforcementMode.ReportOnly);
}
