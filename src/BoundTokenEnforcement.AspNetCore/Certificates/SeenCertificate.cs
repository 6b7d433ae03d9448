using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement;

/// <summary>
/// Which certificate the client presented, found out once, at the very start of the request, from the one configured source. Nothing that happens
/// to the request afterwards changes it.
/// </summary>
internal sealed class SeenCertificate(PresentedCertificate? presented)
{
    /// <summary>The client presented none.</summary>
    internal static SeenCertificate None { get; } = new(null);

    /// <summary>The certificate, or <see langword="null"/> if the client presented none.</summary>
    internal PresentedCertificate? Presented { get; } = presented;

    /// <summary>What was seen; <see langword="null"/> if the request did not pass the start of our pipeline.</summary>
    internal static SeenCertificate? Of(HttpContext context) => context.Features.Get<SeenCertificate>();
}
