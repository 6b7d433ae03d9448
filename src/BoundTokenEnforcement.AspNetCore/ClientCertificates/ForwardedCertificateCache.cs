namespace BoundTokenEnforcement;

/// <summary>
/// Remembers which certificate a field value stands for, so that it is not decoded at each request. Nothing but that fact is remembered: who sent
/// it, and whether a token is bound to it, is looked at each time.
/// </summary>
internal sealed class ForwardedCertificateCache(ForwardedCertificateFormat format)
{
    /// <summary>The most values that are remembered.</summary>
    internal const int MaxCount = 1024;

    /// <summary>The longest value that is remembered, in characters: longer than certificates with post-quantum signatures are.</summary>
    internal const int MaxLength = 32_768;

    /// <summary>The most characters that are remembered in all values together: 8 MB. Of a certificate only the thumbprint is kept, so that there is nothing else to count.</summary>
    internal const int MaxTotalLength = 4 * 1024 * 1024;

    private readonly KnownFieldValues<ClientCertificateState> _known = new();

    internal ForwardedCertificateReading Read(string? value, out ClientCertificateState certificate)
    {
        if (value is not null && _known.TryGet(value, out certificate!))
        {
            return ForwardedCertificateReading.Certificate;
        }

        certificate = ClientCertificateState.NoneForwarded;
        var reading = ForwardedCertificate.ReadThumbprint(format, value, out var thumbprint);
        if (reading == ForwardedCertificateReading.Certificate)
        {
            certificate = new ClientCertificateState(new PresentedCertificate(thumbprint, CertificateSource.TrustedForwarder), CertificateSource.TrustedForwarder);
            _known.Remember(value!, certificate);
        }

        return reading;
    }
}
