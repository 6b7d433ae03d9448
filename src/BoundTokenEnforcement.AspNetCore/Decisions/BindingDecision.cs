using Microsoft.AspNetCore.Authentication;

namespace BoundTokenEnforcement;

/// <summary>One decision and what belongs to it, as it is applied and recorded.</summary>
/// <param name="Scheme">The authentication scheme; empty if the request was refused before any was asked.</param>
/// <param name="Mode">What follows from a refusal.</param>
/// <param name="Result">The decision.</param>
/// <param name="Expected">The certificate that the token names.</param>
/// <param name="Success">What the scheme's own validation gave; <see langword="null"/> if the token was not validated yet.</param>
/// <param name="Began">When it began, from <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/>; 0 if there was nothing to be timed.</param>
internal readonly record struct BindingDecision(
    string Scheme, EnforcementMode Mode, BindingResult Result, CertificateThumbprint Expected = default, AuthenticateResult? Success = null, long Began = 0)
{
    internal bool LetsIn => Success is not null && (!Result.IsRefused || Mode == EnforcementMode.ReportOnly);
}
