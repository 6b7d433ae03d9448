using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement;

/// <summary>What must stand beside a forwarded certificate, with exactly this text: the proxy's word that it was verified, for example.</summary>
internal sealed record RequiredField(string Name, string Value)
{
    /// <returns><see langword="null"/> if nothing is required.</returns>
    internal static RequiredField? Of(ForwardedCertificateOptions options) =>
        options is { RequiredHeader: { } name, RequiredHeaderValue: { } value } ? new RequiredField(name, value) : null;

    internal bool IsIn(IHeaderDictionary headers)
    {
        var values = headers[Name];
        return values.Count == 1 && string.Equals(values[0], Value, StringComparison.Ordinal);
    }
}
