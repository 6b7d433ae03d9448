using System.Text.Json;
using System.Text.Unicode;

namespace BoundTokenEnforcement;

/// <summary>Finds and reads <c>cnf</c> in one pass over the whole payload, without allocating.</summary>
internal static class ConfirmationReader
{
    private const int MaxDepth = 64;

    internal static Confirmation Read(ReadOnlySpan<byte> utf8Json)
    {
        // RFC 8259 §8.1. The JSON reader validates the bytes of a value only when the value is read.
        if (utf8Json.Length > Confirmation.MaxJsonLength || !Utf8.IsValid(utf8Json))
        {
            return Confirmation.Faulty(BindingFailure.PayloadUnreadable);
        }

        try
        {
            var reader = new Utf8JsonReader(utf8Json, new JsonReaderOptions { MaxDepth = MaxDepth });
            return ReadPayload(ref reader);
        }
        // InvalidOperationException: text that is not Unicode (a lone surrogate in an escape).
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Confirmation.Faulty(BindingFailure.PayloadUnreadable);
        }
    }

    private static Confirmation ReadPayload(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return Confirmation.Faulty(BindingFailure.PayloadUnreadable);
        }

        Span<byte> nameBuffer = stackalloc byte[MemberNames.BufferLength];
        Span<int> nameEnds = stackalloc int[MemberNames.MaxCount];
        Span<int> nameHashes = stackalloc int[MemberNames.MaxCount];
        var names = new MemberNames(nameBuffer, nameEnds, nameHashes);
        var confirmation = Confirmation.Absent;

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // RFC 7519 §4: claim names are unique. Taking the first or the last would let two readers see two tokens.
            if (!names.TryAdd(in reader))
            {
                return Confirmation.Faulty(BindingFailure.DuplicateMember);
            }

            var isConfirmation = reader.ValueTextEquals("cnf"u8);
            reader.Read();
            if (isConfirmation)
            {
                confirmation = ReadConfirmation(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        // Reading on to the end finds what stands behind the object.
        return reader.Read() ? Confirmation.Faulty(BindingFailure.PayloadUnreadable) : confirmation;
    }

    private static Confirmation ReadConfirmation(ref Utf8JsonReader reader)
    {
        // RFC 7800 §3: an object. Anything else was meant as a binding all the same.
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return Confirmation.Faulty(BindingFailure.ConfirmationMalformed);
        }

        Span<byte> nameBuffer = stackalloc byte[MemberNames.BufferLength];
        Span<int> nameEnds = stackalloc int[MemberNames.MaxCount];
        Span<int> nameHashes = stackalloc int[MemberNames.MaxCount];
        var names = new MemberNames(nameBuffer, nameEnds, nameHashes);
        BindingFailure? fault = null;
        CertificateThumbprint? thumbprint = null;
        var namesAnotherKey = false;
        var isEmpty = true;

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            isEmpty = false;
            if (!names.TryAdd(in reader))
            {
                fault ??= BindingFailure.DuplicateMember;
            }

            namesAnotherKey |= NamesAnotherKey(ref reader);
            var isThumbprint = reader.ValueTextEquals(ConfirmationMethod.CertificateThumbprint);
            reader.Read();
            if (isThumbprint)
            {
                thumbprint = ReadThumbprint(ref reader);
                fault ??= thumbprint is null ? BindingFailure.ThumbprintMalformed : null;
            }

            reader.Skip();
        }

        fault ??= isEmpty ? BindingFailure.ConfirmationMalformed : null;
        // Two keys in one confirmation (RFC 7800 §3.1), or one besides the certificate's that we cannot verify.
        fault ??= thumbprint is null || namesAnotherKey ? BindingFailure.MethodUnsupported : null;
        return fault is { } found ? Confirmation.Faulty(found) : Confirmation.BoundTo(thumbprint.GetValueOrDefault());
    }

    private static bool NamesAnotherKey(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals(ConfirmationMethod.JwkThumbprint)
        || reader.ValueTextEquals(ConfirmationMethod.Jwk)
        || reader.ValueTextEquals(ConfirmationMethod.Jwe)
        || reader.ValueTextEquals(ConfirmationMethod.JwkSetUrl);

    private static CertificateThumbprint? ReadThumbprint(ref Utf8JsonReader reader)
    {
        // Each character as an escape (\u0041): nothing longer can be 43 characters.
        const int longestEscaped = CertificateThumbprint.EncodedLength * 6;
        if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length > longestEscaped)
        {
            return null;
        }

        Span<char> text = stackalloc char[longestEscaped];
        var length = reader.CopyString(text);
        return CertificateThumbprint.TryParse(text[..length], out var thumbprint) ? thumbprint : null;
    }
}
