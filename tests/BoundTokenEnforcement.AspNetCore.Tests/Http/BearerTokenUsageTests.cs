using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace BoundTokenEnforcement.AspNetCore.Tests.Http;

public sealed class BearerTokenUsageTests
{
    private static readonly string Bound = Api.Issuer.BoundTo(Api.A);

    [Theory]
    // AC-047, AC-048
    [InlineData("Bearer {T(A)}", "Bearer {T(B)}")]
    [InlineData("Bearer {T(A)}", "Bearer {T(A)}")]
    [InlineData("Basic eDp5", "Bearer {T(A)}")]
    [InlineData("Bearer {T(A)}", "Basic eDp5")]
    [InlineData("Bearer {T(A)}", "")]
    [InlineData("", "Bearer {T(A)}")]
    [InlineData("Basic eDp5", "Basic eDp5")]
    [InlineData("Basic eDp5, Bearer {T(A)}")]
    [InlineData("Bearer {T(A)}, Basic eDp5")]
    // AC-051, AC-056
    [InlineData("Bearer\t{T(A)}")]
    [InlineData("Bearer \t{T(A)}")]
    [InlineData("Bearer\u00a0{T(A)}")]
    [InlineData("Bearer \u2003{T(A)}")]
    [InlineData("Bearer \"{T(A)}\"")]
    [InlineData("Bearer {T(A)} {T(A)}")]
    [InlineData("Bearer {T(A)} ")]
    [InlineData(" Bearer {T(A)}")]
    [InlineData("Bearer {T(A)},")]
    [InlineData("Bearer={T(A)}")]
    [InlineData("Bearer é")]
    [InlineData("Bearer {too long}")]
    [Requirement("AC-047", "AC-048", "AC-051", "AC-056")]
    public async Task Authorization_CanBeReadInTwoWays_IsABadRequest(params string[] lines)
    {
        await using var api = await Api.StartAsync(Api.Guarded());

        (await SendAsync(api, "/", Array.ConvertAll(lines, Fill))).IsBadRequest();

        Assert.Empty(api.Visits);
    }

    [Theory]
    // AC-049, AC-050
    [InlineData("Bearer ")]
    [InlineData("bearer ")]
    [InlineData("BEARER ")]
    [InlineData("BeArEr ")]
    [InlineData("Bearer  ")]
    [InlineData("Bearer   ")]
    [Requirement("AC-049", "AC-050")]
    public async Task Authorization_OneToken_IsJudged(string scheme)
    {
        await using var api = await Api.StartAsync(Api.Guarded());

        Assert.Equal(200, (await SendAsync(api, "/", scheme + Bound)).Status);
        (await api.SendAsync("/", context => context.Request.Headers.Authorization = scheme + Bound)).IsUnauthorized();

        Assert.Single(api.Visits);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Basic eDp5")]
    public async Task Authorization_NoBearerToken_IsAChallengeWithoutError(string value)
    {
        await using var api = await Api.StartAsync(Api.Guarded());

        (await SendAsync(api, "/", value)).IsRefusal(401, Answer.TokenWanted);
    }

    // AC-052: a token is there, and its proof is not one that this scheme could check.
    [Theory]
    [InlineData("DPoP some.bound.token")]
    [InlineData("dpop {T(A)}")]
    [Requirement("AC-052")]
    public async Task Authorization_TokenOfTheDPoPScheme_IsRefused(string value)
    {
        await using var api = await Api.StartAsync(Api.Guarded());

        (await SendAsync(api, "/", Fill(value))).IsUnauthorized();

        Assert.Empty(api.Visits);
        Assert.Equal(1, api.Metrics.Sum(BoundTokenTelemetry.DecisionsCounterName, BoundTokenTelemetry.FailureTag, "MethodUnsupported"));
    }

    [Theory]
    // AC-054
    [InlineData("?access_token=x")]
    [InlineData("?access_token=")]
    [InlineData("?access_token")]
    [InlineData("?a=b&access_token=x")]
    [InlineData("?ACCESS_TOKEN=x")]
    [InlineData("?%61ccess_token=x")]
    [Requirement("AC-054")]
    public async Task Query_BesidesTheHeader_IsABadRequest(string query)
    {
        await using var api = await Api.StartAsync(Api.Guarded());

        (await SendAsync(api, $"/{query}", $"Bearer {Bound}")).IsBadRequest();

        Assert.Empty(api.Visits);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?")]
    [InlineData("?token=x&access=token")]
    public async Task Query_OfTheApplicationBesidesTheHeader_DoesNotMatter(string query)
    {
        await using var api = await Api.StartAsync(Api.Guarded());

        Assert.Equal(200, (await SendAsync(api, $"/{query}", $"Bearer {Bound}")).Status);
    }

    // AC-053, AC-055
    [Fact]
    [Requirement("AC-053", "AC-055", "R6750-2.2-1")]
    public async Task Query_OrBodyAlone_IsNotRead()
    {
        await using var api = await Api.StartAsync(Api.Guarded());

        (await SendAsync(api, $"/?access_token={Bound}", StringValues.Empty)).IsRefusal(401, Answer.TokenWanted);
        var posted = await api.SendAsync("/", context =>
        {
            context.Connection.ClientCertificate = Api.A;
            context.Request.Method = HttpMethods.Post;
            context.Request.ContentType = "application/x-www-form-urlencoded";
            context.Request.Body = new MemoryStream(System.Text.Encoding.ASCII.GetBytes($"access_token={Bound}&access_token={Bound}"));
        });

        posted.IsRefusal(401, Answer.TokenWanted);
        Assert.Empty(api.Visits);
    }

    // AC-038
    [Fact]
    [Requirement("AC-038")]
    public async Task Authorization_NothingButDots_IsUnauthorized()
    {
        await using var api = await Api.StartAsync(Api.Guarded());

        (await SendAsync(api, "/", $"Bearer {new string('.', 30_000)}")).IsUnauthorized();
    }

    private static string Fill(string line) => line
        .Replace("{T(A)}", Bound, StringComparison.Ordinal)
        .Replace("{T(B)}", Api.Issuer.BoundTo(Api.B), StringComparison.Ordinal)
        .Replace("{too long}", new string('A', BearerCredentials.MaxLength), StringComparison.Ordinal);

    private static Task<Answer> SendAsync(Api api, string target, StringValues authorization) => api.SendAsync(target, context =>
    {
        context.Connection.ClientCertificate = Api.A;
        context.Request.Headers.Authorization = authorization;
    });
}
