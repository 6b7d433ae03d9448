using System.Text.Json;

namespace BoundTokenEnforcement.Tests;

public sealed class BindingVectorTests
{
    private const string Complete =
        """[{"id":"x","clauses":["D1"],"payload":"{}","presented":null,"requirements":["Required"],"outcome":"Refused","failure":"TokenUnbound","twin":"y"}]""";

    public static TheoryData<string> Ids => [.. BindingVector.All.Select(vector => vector.Id)];

    public static TheoryData<string> Certificates => [.. PublishedCertificates.All.Select(certificate => certificate.Name)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Verify_Vector_AnswersAsWritten(string id)
    {
        var vector = BindingVector.Named(id);
        var presented = vector.Presented is null ? null : PublishedCertificates.Named(vector.Presented).Present();

        Assert.All(vector.Requirements, requirement =>
        {
            var result = CertificateBinding.Verify(Confirmation.Read(vector.Input()), presented, requirement);

            Assert.Equal((vector.Outcome, vector.Failure), (result.Outcome, result.Failure));
            Assert.Equal(vector.Outcome == BindingOutcome.Verified ? presented?.Thumbprint.ToString() : null, result.Binding?.Thumbprint.ToString());
        });
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Vector_IsWellFormed(string id)
    {
        var vector = BindingVector.Named(id);

        Assert.NotEmpty(vector.Clauses);
        Assert.NotEmpty(vector.Requirements);
        Assert.True(vector.Payload is null ^ vector.PayloadBase64 is null);
        Assert.Equal(vector.Outcome == BindingOutcome.Refused, vector.Failure is not null);
        Assert.Equal(vector.Outcome == BindingOutcome.Refused, vector.Twin is not null);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Vector_Refused_HasAnAcceptedTwin(string id)
    {
        var vector = BindingVector.Named(id);
        Assert.True(vector.Twin is null || BindingVector.Named(vector.Twin).Outcome != BindingOutcome.Refused);
    }

    [Theory]
    [MemberData(nameof(Certificates))]
    public void Thumbprint_PublishedCertificate_IsAsWritten(string name)
    {
        var published = PublishedCertificates.Named(name);
        Assert.Equal(published.Thumbprint, published.Present().Thumbprint.ToString());
    }

    [Fact]
    [Requirement("AC-004", "AC-005")]
    public void Clauses_OfAllVectors_CoverEveryDecisionAndAbuseCase()
    {
        var covered = BindingVector.All.SelectMany(vector => vector.Clauses).ToHashSet();
        var decisions = Enumerable.Range(1, 13).Select(number => $"D{number}");
        // AC-004 and AC-005 need a second certificate over a known key, or one that looks the same: CertificateBindingTests mints those.
        var abuseCases = Enumerable.Range(1, 18).Except([4, 5]).Select(number => $"AC-{number:D3}");

        Assert.Empty(decisions.Concat(abuseCases).Except(covered));
    }

    [Fact]
    public void Parse_EveryKeyKnown_IsRead() => Assert.Equal("x", Assert.Single(BindingVector.Parse(Complete)).Id);

    [Theory]
    [InlineData("\"payload\":", "\"pay1oad\":")] // unknown
    [InlineData("\"payload\":", "\"Payload\":")]
    [InlineData("\"twin\":\"y\"", "\"twin\":\"y\",\"twin\":\"y\"")]
    [InlineData("\"presented\":null,", "")]
    [InlineData("\"clauses\":[\"D1\"]", "\"clauses\":null")]
    [InlineData("\"TokenUnbound\"", "\"TokenUnb0und\"")]
    [InlineData("\"TokenUnbound\"", "1")]
    [InlineData("\"Required\"", "\"1\"")]
    public void Parse_KeyOrValueNotKnown_Fails(string right, string wrong)
    {
        Assert.Contains(right, Complete, StringComparison.Ordinal);
        Assert.Throws<JsonException>(() => BindingVector.Parse(Complete.Replace(right, wrong, StringComparison.Ordinal)));
    }
}
