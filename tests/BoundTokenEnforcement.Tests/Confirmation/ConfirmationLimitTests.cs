using System.Text;

namespace BoundTokenEnforcement.Tests;

/// <summary>Each limit at its last accepted value, and one above.</summary>
public sealed class ConfirmationLimitTests
{
    [Theory]
    [InlineData(65_536, null)]
    [InlineData(65_537, BindingFailure.PayloadUnreadable)]
    public void Read_PayloadLength_UpToLimit(int length, BindingFailure? expected)
    {
        var empty = Payload.WithMembers("\"sub\":\"\"");
        var payload = Payload.WithMembers($"\"sub\":\"{new string('a', length - empty.Length)}\"");

        Assert.Equal(length, payload.Length);
        AssertRead(expected, payload);
    }

    [Fact]
    public void Read_BlanksBeyondTheLimit_AreCounted()
    {
        AssertRead(null, Padded(Confirmation.MaxJsonLength));
        AssertRead(BindingFailure.PayloadUnreadable, Padded(Confirmation.MaxJsonLength + 1));

        static byte[] Padded(int length) =>
            Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Payload.BoundTo(PublishedCertificates.A.Thumbprint)).PadRight(length));
    }

    [Theory]
    [InlineData(256, null)]
    [InlineData(257, BindingFailure.DuplicateMember)]
    public void Read_MembersOfPayload_UpToLimit(int count, BindingFailure? expected) =>
        AssertRead(expected, Payload.WithMembers(Members(count - 1)));

    [Theory]
    [InlineData(256, null)]
    [InlineData(257, BindingFailure.DuplicateMember)]
    public void Read_MembersOfConfirmation_UpToLimit(int count, BindingFailure? expected) =>
        AssertRead(expected, InConfirmation(Members(count - 1)));

    [Theory]
    [InlineData(4096, null)]
    [InlineData(4097, BindingFailure.DuplicateMember)]
    public void Read_NamesOfPayload_UpToLimit(int bytes, BindingFailure? expected) =>
        AssertRead(expected, Payload.WithMembers(Names(bytes - "cnf".Length)));

    [Theory]
    [InlineData(4096, null)]
    [InlineData(4097, BindingFailure.DuplicateMember)]
    public void Read_NamesOfConfirmation_UpToLimit(int bytes, BindingFailure? expected) =>
        AssertRead(expected, InConfirmation(Names(bytes - "x5t#S256".Length)));

    [Theory]
    [InlineData(4096, null)]
    [InlineData(4097, BindingFailure.DuplicateMember)]
    public void Read_OneLongNameBehindTheConfirmation_UpToLimit(int bytes, BindingFailure? expected)
    {
        var name = new string('a', bytes - "cnf".Length);
        AssertRead(expected, Encoding.UTF8.GetBytes($$"""{"cnf":{"x5t#S256":"{{PublishedCertificates.A.Thumbprint}}"},"{{name}}":1}"""));
    }

    [Fact]
    public void Read_NameLongerThanTheWholeBuffer_Refused()
    {
        AssertRead(null, Payload.WithMembers($"\"{new string('a', 4000)}\":1"));
        AssertRead(BindingFailure.DuplicateMember, Payload.WithMembers($"\"{new string('a', 60_000)}\":1"));
    }

    [Fact]
    public void Read_TooManyMembersBehindTheConfirmation_Refused()
    {
        var bound = $$"""{"cnf":{"x5t#S256":"{{PublishedCertificates.A.Thumbprint}}"},""";

        AssertRead(null, Encoding.UTF8.GetBytes(bound + Members(255) + "}"));
        AssertRead(BindingFailure.DuplicateMember, Encoding.UTF8.GetBytes(bound + Members(256) + "}"));
    }

    [Theory]
    [InlineData(64, null)]
    [InlineData(65, BindingFailure.PayloadUnreadable)]
    [InlineData(30_000, BindingFailure.PayloadUnreadable)]
    public void Read_DepthOfAClaim_UpToLimit(int depth, BindingFailure? expected) =>
        AssertRead(expected, Payload.WithMembers($"\"deep\":{Nested(depth - 1)}"));

    [Theory]
    [InlineData(64, null)]
    [InlineData(65, BindingFailure.PayloadUnreadable)]
    public void Read_DepthInsideTheConfirmation_UpToLimit(int depth, BindingFailure? expected) =>
        AssertRead(expected, InConfirmation($"\"deep\":{Nested(depth - 2)}"));

    [Theory]
    [InlineData(44)]
    [InlineData(258)]
    [InlineData(259)]
    [InlineData(16 * 1024)]
    public void Read_LongThumbprint_Malformed(int length) =>
        Assert.Equal(BindingFailure.ThumbprintMalformed, Confirmation.Read(Payload.BoundTo(new string('A', length))).Fault);

    [Fact]
    public void Read_ThumbprintOf43Characters_Understood() =>
        Assert.Null(Confirmation.Read(Payload.BoundTo(new string('A', 43))).Fault);

    private static byte[] InConfirmation(string members) =>
        Payload.WithConfirmation($$"""{{{members}},"x5t#S256":"{{PublishedCertificates.A.Thumbprint}}"}""");

    private static string Members(int count) => string.Join(',', Enumerable.Range(0, count).Select(i => $"\"{i}\":{i}"));

    // 16 names: what is counted is all names together.
    private static string Names(int bytes) =>
        string.Join(',', Enumerable.Range(0, 16).Select(i => $"\"{new string((char)('a' + i), i == 0 ? bytes - (15 * 200) : 200)}\":1"));

    private static string Nested(int levels) => new string('[', levels) + new string(']', levels);

    private static void AssertRead(BindingFailure? expected, byte[] payload)
    {
        var confirmation = Confirmation.Read(payload);

        Assert.Equal(expected, confirmation.Fault);
        Assert.False(confirmation.IsAbsent);
        Assert.Equal(expected is null ? PublishedCertificates.A.Thumbprint : string.Empty, confirmation.CertificateThumbprint.ToString());
    }
}
