namespace BoundTokenEnforcement;

/// <summary>What is wrong with the forwarding options; each fault names the option to change.</summary>
internal static class ForwardedCertificateFaults
{
    private const string Section = $"{BoundTokenEnforcementOptions.SectionName}:{nameof(BoundTokenEnforcementOptions.ForwardedCertificate)}";

    internal static IEnumerable<string> Of(BoundTokenEnforcementOptions enforcement)
    {
        if (enforcement.ForwardedCertificate is not { } options)
        {
            return [];
        }

        IEnumerable<string> faults = [.. OfField(options), .. OfRequiredField(options), .. OfTrust(options), .. OfHash(enforcement, options)];

        // Exactly one source (D24). A late certificate would be the proxy's.
        return enforcement.NegotiateDelayedCertificates
            ? [.. faults, $"{BoundTokenEnforcementOptions.SectionName}:{nameof(enforcement.NegotiateDelayedCertificates)} and {Section} exclude each other: the connection's certificate is the proxy's."]
            : faults;
    }

    private static IEnumerable<string> OfField(ForwardedCertificateOptions options)
    {
        if (options.Format == ForwardedCertificateFormat.None || !Enum.IsDefined(options.Format))
        {
            yield return $"{Section}:{nameof(options.Format)} must be one of {string.Join(", ", Enum.GetNames<ForwardedCertificateFormat>().Skip(1))}.";
        }

        if (options.Header is { } header && !IsFieldName(header))
        {
            yield return $"{Section}:{nameof(options.Header)} is not the name of a header field.";
        }
    }

    private static IEnumerable<string> OfRequiredField(ForwardedCertificateOptions options)
    {
        if (options.RequiredHeader is null && options.RequiredHeaderValue is null)
        {
            yield break;
        }

        if (options.RequiredHeader is not { } name || !IsFieldName(name))
        {
            yield return $"{Section}:{nameof(options.RequiredHeader)} is not the name of a header field.";
        }
        else if (string.Equals(name, options.HeaderName, StringComparison.OrdinalIgnoreCase))
        {
            yield return $"{Section}:{nameof(options.RequiredHeader)} is the field of the certificate itself. Name the one beside it.";
        }

        // A server cuts blanks off at both ends, so that such a text would never be there; and nothing is what a proxy says that knows nothing.
        if (string.IsNullOrWhiteSpace(options.RequiredHeaderValue) || options.RequiredHeaderValue.Trim() != options.RequiredHeaderValue)
        {
            yield return $"{Section}:{nameof(options.RequiredHeaderValue)} must be the text that {nameof(options.RequiredHeader)} has to hold, without blanks around it.";
        }
    }

    private static bool IsFieldName(string name) => name.Length > 0 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    // Nobody can look at a certificate that does not arrive: every token would be refused.
    private static IEnumerable<string> OfHash(BoundTokenEnforcementOptions enforcement, ForwardedCertificateOptions options)
    {
        if (!options.HoldsOnlyHash)
        {
            yield break;
        }

        var remedy = $"{Section}:{nameof(options.Format)} is {options.Format}, which forwards only its hash. Let the proxy forward the certificate.";
        if (enforcement.CertificateAuthenticationScheme is not null)
        {
            yield return $"{BoundTokenEnforcementOptions.SectionName}:{nameof(enforcement.CertificateAuthenticationScheme)} needs the certificate, and {remedy}";
        }

        foreach (var scheme in enforcement.SchemesThatVerifyBindings)
        {
            yield return $"{nameof(enforcement.VerifiesBindings)} names scheme '{scheme}', which needs the certificate, and {remedy}";
        }
    }

    private static IEnumerable<string> OfTrust(ForwardedCertificateOptions options)
    {
        // RFC 9440 §4: injection does not fail safe; without a trust rule any peer could forge a certificate.
        if (options.TrustedProxies.Count == 0 && options.TrustedProxyThumbprints.Count == 0 && !options.TrustUnixSocket)
        {
            yield return $"{Section} trusts no proxy: name the proxies in {nameof(options.TrustedProxies)} or {nameof(options.TrustedProxyThumbprints)}, or set {nameof(options.TrustUnixSocket)}.";
        }

        foreach (var proxy in options.TrustedProxies)
        {
            if (!TrustedNetwork.TryParse(proxy, out var network))
            {
                yield return $"{Section}:{nameof(options.TrustedProxies)} contains '{proxy}', which is no address and no network.";
            }
            else if (network.IsEverything && !options.DangerousTrustEveryAddress)
            {
                yield return $"{Section}:{nameof(options.TrustedProxies)} contains '{proxy}', which is every address. If that is meant, set {nameof(options.DangerousTrustEveryAddress)}.";
            }
        }

        foreach (var thumbprint in options.TrustedProxyThumbprints.Where(static text => !CertificateThumbprint.TryParse(text, out _)))
        {
            yield return $"{Section}:{nameof(options.TrustedProxyThumbprints)} contains '{thumbprint}', which is not 43 characters of base64url (x5t#S256).";
        }
    }
}
