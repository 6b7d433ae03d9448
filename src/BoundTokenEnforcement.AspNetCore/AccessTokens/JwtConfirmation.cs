using System.Buffers;
using System.Buffers.Text;
using System.IdentityModel.Tokens.Jwt;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>Reads the confirmation of a validated token out of the very characters that its signature covers.</summary>
internal static class JwtConfirmation
{
    /// <returns>Never throws: what is not understood is a fault.</returns>
    internal static Confirmation Read(SecurityToken? token) =>
        !CompactJwt.IsCanonical(TextOf(token)) ? Confirmation.Faulty(BindingFailure.TokenTextAmbiguous)
        : JwtHeaderValidator.IsValid(token) ? ReadPayload(token)
        : Confirmation.Faulty(BindingFailure.TokenHeaderUnacceptable);

    private static string? TextOf(SecurityToken? token) => token switch
    {
        JsonWebToken jwt => jwt.EncodedToken,
        JwtSecurityToken jwt => jwt.RawData,
        _ => null,
    };

    private static Confirmation ReadPayload(SecurityToken? token) => token switch
    {
        null => Confirmation.Faulty(BindingFailure.ValidatedTokenMissing),
        // An encrypted token holds the signed one; only its payload counts.
        JsonWebToken { InnerToken: { } signed } => ReadPayload(signed),
        // The part of the text, not the token's own copy of that part: it would be made for us.
        JsonWebToken jwt => CompactJwt.TryGetPayload(jwt.EncodedToken, out var payload) ? Read(payload) : Confirmation.Faulty(BindingFailure.PayloadUnreadable),
        JwtSecurityToken { InnerToken: { } signed } => ReadPayload(signed),
        JwtSecurityToken jwt => Read(jwt.RawPayload),
        _ => Confirmation.Faulty(BindingFailure.TokenTypeUnknown),
    };

    /// <summary>Reads the confirmation out of the middle part of a compact JWT.</summary>
    internal static Confirmation Read(ReadOnlySpan<char> encodedPayload)
    {
        if (encodedPayload.Length > Base64Url.GetEncodedLength(Confirmation.MaxJsonLength))
        {
            return Confirmation.Faulty(BindingFailure.PayloadUnreadable);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(Base64Url.GetMaxDecodedLength(encodedPayload.Length));
        try
        {
            return Base64Url.DecodeFromChars(encodedPayload, buffer, out _, out var written) == OperationStatus.Done
                ? Confirmation.Read(buffer.AsSpan(0, written))
                : Confirmation.Faulty(BindingFailure.PayloadUnreadable);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
