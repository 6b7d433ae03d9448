using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;

namespace BoundTokenEnforcement.Tests;

public sealed partial class ConfirmationPropertyTests
{
    private static readonly Gen<byte[]> Hash = Gen.Byte.Array[32];

    // The pieces of a payload: strung together they are rarely JSON; as members of an object they often say something about cnf.
    private static readonly Gen<string> Name = Gen.OneOf("cnf", "\\u0063nf", "CNF", "sub", "", "x5t#S256", "x5t\\u0023S256", "jkt", "jwk", "jku", "jwe", "kid", "\\ud800");

    private static readonly Gen<string> Scalar = Gen.OneOf(
        Gen.OneOf("null", "true", "1e9", "\"\"", "[]", "{}", "\"\\udc00\"", "[[{\"cnf\":{}}]]", "01"),
        Hash.Select(hash => $"\"{Base64Url.EncodeToString(hash)}\""));

    private static readonly Gen<string> Inner = Gen.Select(Name, Scalar).Select((name, value) => $"\"{name}\":{value}").Array[0, 3].Select(AsObject);

    private static readonly Gen<string> Json = Gen.Select(Name, Gen.Frequency((1, Scalar), (2, Inner)))
        .Select((name, value) => $"\"{name}\":{value}").Array[0, 4].Select(AsObject);

    private static readonly Gen<string> Soup = Gen.OneOf(
        Name.Select(name => $"\"{name}\""), Scalar, Gen.OneOf("{", "}", "[", "]", ":", ",", " ", "\"", "\\", "/*", "//", "\n", "\0", "\uFEFF", "{\"cnf\":{\"x5t#S256\":\"")).Array[0, 12].Select(string.Concat);

    [Fact]
    public void Read_AnyBytes_NeverThrowsAndNeverBinds() =>
        Gen.Byte.Array[0, 300].Sample(bytes => Confirmation.Read(bytes).Fault is not null, iter: 20_000);

    [Fact]
    public void Read_AnyPieces_AcceptsOnlyWhatAnotherReaderSees() => Soup.Sample(AcceptsOnlyWhatAnotherReaderSees, iter: 20_000);

    [Fact]
    public void Read_AnyObject_AcceptsOnlyWhatAnotherReaderSees() => Json.Sample(AcceptsOnlyWhatAnotherReaderSees, iter: 20_000);

    [Fact]
    public void Read_OneByteOfABoundPayloadChanged_AcceptsOnlyWhatAnotherReaderSees() =>
        Gen.Select(Hash, Gen.Int[0, 200], Gen.Byte).Sample((hash, at, value) =>
        {
            var payload = Payload.BoundTo(Base64Url.EncodeToString(hash));
            payload[at % payload.Length] = value;
            AcceptsOnlyWhatAnotherReaderSees(payload);
        }, iter: 20_000);

    [Fact]
    [Requirement("R8705-3.1-3")]
    public void Read_Thumbprint_AcceptedExactlyIfCanonical()
    {
        var nearlyCanonical = Gen.Select(Hash, Gen.Int[0, 43], Gen.OneOf(Gen.Char['+', 'z'], Gen.OneOf('=', ' ', '\u212A')), Gen.Int[0, 3])
            .Select((hash, at, character, change) =>
            {
                var text = Base64Url.EncodeToString(hash);
                return change switch
                {
                    0 => text,
                    1 => text.Insert(at, character.ToString()),
                    2 => text.Remove(Math.Min(at, 42), 1),
                    _ => text.Remove(Math.Min(at, 42), 1).Insert(Math.Min(at, 42), character.ToString()),
                };
            });

        nearlyCanonical.Sample(text =>
        {
            var confirmation = Confirmation.Read(Payload.WithConfirmation($$"""{"x5t#S256":{{JsonSerializer.Serialize(text)}}}"""));

            Assert.Equal(Canonical().IsMatch(text) ? null : BindingFailure.ThumbprintMalformed, confirmation.Fault);
            Assert.Equal(confirmation.Fault is null ? text : string.Empty, confirmation.CertificateThumbprint.ToString());
        }, iter: 20_000);
    }

    [Fact]
    public void TryParse_AnyText_NeverThrowsAndAcceptsOnlyCanonical() =>
        Gen.String.Sample(text => CertificateThumbprint.TryParse(text, out _) == Canonical().IsMatch(text), iter: 20_000);

    [Fact]
    public void TryParse_CanonicalTextAndMore_NeverAccepted() =>
        Gen.Select(Hash, Gen.OneOf(Gen.OneOf("=", "==", " ", "\n", "\r\n", "%", "A", "AA", "AAAA"), Gen.String[1, 300]), Gen.Int[0, 43]).Sample((hash, more, at) =>
        {
            var text = Base64Url.EncodeToString(hash);
            return CertificateThumbprint.TryParse(text, out _) && !CertificateThumbprint.TryParse(text.Insert(at, more), out _);
        }, iter: 20_000);

    [Fact]
    public void TryParse_AnyHash_RoundTrips() =>
        Hash.Sample(hash =>
        {
            var text = Base64Url.EncodeToString(hash);
            return CertificateThumbprint.TryParse(text, out var thumbprint)
                && thumbprint.ToString() == text
                && CertificateThumbprint.TryParse(thumbprint.ToString(), out var again)
                && again == thumbprint
                && again.GetHashCode() == thumbprint.GetHashCode();
        }, iter: 5_000);

    [Fact]
    public void Verify_OneByteOfTheThumbprintDiffers_Mismatch()
    {
        var presented = PublishedCertificates.A.Present();
        var right = Base64Url.DecodeFromChars(PublishedCertificates.A.Thumbprint);
        Assert.Equal(BindingOutcome.Verified, Verify(right).Outcome);

        Gen.Select(Gen.Int[0, 31], Gen.Byte[1, 255]).Sample((at, difference) =>
        {
            var wrong = (byte[])right.Clone();
            wrong[at] ^= difference;
            return Verify(wrong).Failure == BindingFailure.CertificateMismatch;
        }, iter: 5_000);

        BindingResult Verify(byte[] hash) =>
            CertificateBinding.Verify(Confirmation.Read(Payload.BoundTo(Base64Url.EncodeToString(hash))), presented, BindingRequirement.WhenBound);
    }

    private static void AcceptsOnlyWhatAnotherReaderSees(string payload) => AcceptsOnlyWhatAnotherReaderSees(Encoding.UTF8.GetBytes(payload));

    private static void AcceptsOnlyWhatAnotherReaderSees(byte[] payload)
    {
        var confirmation = Confirmation.Read(payload);
        if (confirmation.Fault is not null)
        {
            return;
        }

        using var document = JsonDocument.Parse(payload);
        var names = document.RootElement.EnumerateObject().Select(member => member.Name).ToList();
        Assert.Equal(names.Distinct(), names);
        Assert.Equal(!names.Contains("cnf"), confirmation.IsAbsent);
        if (!confirmation.IsAbsent)
        {
            var cnf = document.RootElement.GetProperty("cnf").EnumerateObject().ToDictionary(member => member.Name, member => member.Value);
            Assert.Equal(cnf["x5t#S256"].GetString(), confirmation.CertificateThumbprint.ToString());
            Assert.Empty(cnf.Keys.Intersect(["jkt", "jwk", "jwe", "jku"]));
        }
    }

    private static string AsObject(string[] members) => $"{{{string.Join(',', members)}}}";

    [GeneratedRegex("^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Canonical();
}
