using System.Diagnostics.CodeAnalysis;

namespace BoundTokenEnforcement;

/// <summary>The <c>Client-Cert</c> field (RFC 9440 §2.2): one byte sequence of RFC 9651 §3.3.5, without parameters.</summary>
internal static class ClientCertField
{
    internal static bool TryDecode(ReadOnlySpan<char> value, [NotNullWhen(true)] out byte[]? der)
    {
        der = null;
        return value is [':', .., ':'] && StrictBase64.TryDecode(value[1..^1], out der);
    }
}
