using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement.AspNetCore.Tests.Documentation;

/// <summary>The decision table of <c>docs/reference/enforcement.md</c>, row by row against a host.</summary>
public sealed class DocumentedDecisionTests
{
    private static readonly Dictionary<string, Func<string?>> Tokens = new(StringComparer.Ordinal)
    {
        ["none"] = () => null,
        ["bound to A"] = () => Api.Issuer.BoundTo(Api.A),
        ["not bound"] = () => Api.Issuer.Issue(),
        ["cnf not understood"] = () => Api.Issuer.WithConfirmation("{}"),
        ["bound to A, expired"] = () => Api.Issuer.BoundTo(Api.A, claims => claims["exp"] = 1),
        ["sent with scheme DPoP"] = () => Api.Issuer.BoundTo(Api.A),
        ["sent twice"] = () => Api.Issuer.BoundTo(Api.A),
    };

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, DocumentedDecision.All.Count)];

    [Fact]
    public void Rows_OfTheDecisionTable_LeaveNothingOutAndSayNothingTwice()
    {
        var expected = from token in Tokens.Keys
                       from certificate in DocumentedDecision.Certificates
                       from requirement in DocumentedDecision.Requirements
                       from mode in DocumentedDecision.Modes
                       select (token, certificate, requirement, mode);

        Assert.Equal(expected.Order(), DocumentedDecision.All.Select(row => (row.Token, row.Certificate, row.Requirement, row.Mode)).Order());
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Row_OfTheDecisionTable_IsWhatAHostDoes(int number)
    {
        var row = DocumentedDecision.All[number];
        var requirement = Enum.Parse<BindingRequirement>(row.Requirement);

        await IsAsDocumentedAsync(row, requirement, "/");
        // The same requirement, but written at the endpoint.
        await IsAsDocumentedAsync(row, Other(requirement), requirement == BindingRequirement.Required ? "/required" : "/when-bound");
    }

    private static async Task IsAsDocumentedAsync(DocumentedDecision row, BindingRequirement configured, string path)
    {
        await using var api = await Api.StartAsync(
            [
                Api.Guarded(enforcement: options =>
                {
                    options.Requirement = configured;
                    options.Mode = Enum.Parse<EnforcementMode>(row.Mode);
                }),
            ],
            (api, app) =>
            {
                api.MapProtected(app);
                api.Map(app, "/required").RequireBoundToken();
                api.Map(app, "/when-bound").RequireAuthorization().AllowUnboundToken();
            });

        var answer = await SendAsync(api, row, path);

        Assert.Equal(row.Answer, AnswerOf(answer));
        Assert.Equal(row.Answer == "200" ? 1 : 0, api.Visits.Count);
        Assert.Equal(row.Told, ToldBy(api));
    }

    private static Task<Answer> SendAsync(Api api, DocumentedDecision row, string path)
    {
        var token = Tokens[row.Token]();
        var target = row.Token == "sent twice" ? $"{path}?access_token={token}" : path;
        return api.SendAsync(target, context =>
        {
            context.Connection.ClientCertificate = CertificateOf(row);
            if (token is not null)
            {
                context.Request.Headers.Authorization = $"{(row.Token == "sent with scheme DPoP" ? "DPoP" : "Bearer")} {token}";
            }
        });
    }

    private static X509Certificate2? CertificateOf(DocumentedDecision row) => row.Certificate switch
    {
        "A" => Api.A,
        "B" => Api.B,
        _ => null,
    };

    private static string AnswerOf(Answer answer) => answer.Challenges switch
    {
        [] => $"{answer.Status}",
        [Answer.TokenWanted] => $"{answer.Status}",
        [Answer.InvalidToken] => $"{answer.Status} invalid_token",
        [Answer.InvalidRequest] => $"{answer.Status} invalid_request",
        var other => $"{answer.Status} {string.Join(" and ", other)}",
    };

    private static string ToldBy(Api api)
    {
        var told = api.Metrics.Of(BoundTokenTelemetry.DecisionsCounterName)
            .Select(decision => decision.Tags.GetValueOrDefault(BoundTokenTelemetry.FailureTag) ?? decision.Tags[BoundTokenTelemetry.OutcomeTag]!)
            .ToList();
        return told.Count == 0 ? "nothing" : string.Join(", ", told);
    }

    private static BindingRequirement Other(BindingRequirement requirement) =>
        requirement == BindingRequirement.Required ? BindingRequirement.WhenBound : BindingRequirement.Required;
}
