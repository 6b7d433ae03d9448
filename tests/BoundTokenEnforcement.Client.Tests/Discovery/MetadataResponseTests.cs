using System.IO.Compression;
using System.Text;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Client.Tests.Discovery;

/// <summary>AC-090, AC-095, AC-096, AC-097: how the answer comes.</summary>
[Requirement("AC-090", "AC-095", "AC-096", "AC-097")]
public sealed class MetadataResponseTests
{
    private const string Json = "Content-Type: application/json";

    public static TheoryData<int, string> Redirects =>
        [.. new[] { 301, 302, 303, 307, 308 }.SelectMany(static status => new[] { "same", "other", "http" }.Select(kind => (status, kind)))];

    [Fact]
    public async Task Request_CarriesNothingButTheQuestion()
    {
        await using var discovery = DiscoveryFixture.Start();
        discovery.Answer(ScriptedAnswer.Json(discovery.Document(), "Set-Cookie: a=b; Path=/"));

        await discovery.GetAsync();
        discovery.Clock.Advance(TimeSpan.FromHours(2));
        await discovery.GetAsync();

        Assert.Equal(2, discovery.Server.Requests.Count);
        Assert.All(discovery.Server.Requests, request =>
        {
            Assert.Equal("GET", request.Method);
            Assert.Equal("/.well-known/oauth-protected-resource/api", request.Target);
            Assert.Equal(["Host", "Accept"], request.Headers.Select(static header => header.Key));
            Assert.Equal("application/json", request.Header("Accept"));
        });
    }

    [Theory]
    [InlineData("/%7Ea/%41b%2fc", "/.well-known/oauth-protected-resource/%7Ea/%41b%2fc")]
    [InlineData("?a=%41", "/.well-known/oauth-protected-resource?a=%41")]
    [InlineData("/", "/.well-known/oauth-protected-resource")]
    public async Task Request_Target_IsWrittenAsTheIdentifierIs(string path, string target)
    {
        await using var discovery = DiscoveryFixture.Start();
        var resource = ResourceIdentifier.Parse(discovery.Server.Origin + path);
        discovery.Answer(ScriptedAnswer.Json(DiscoveryFixture.Document(resource)));

        await discovery.GetAsync(resource);

        Assert.Equal(target, Assert.Single(discovery.Server.Requests).Target);
    }

    [Theory]
    [InlineData(201)]
    [InlineData(203)]
    [InlineData(204)]
    [InlineData(206)]
    [InlineData(304)]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(410)]
    public async Task Status_NotOk_IsRefusedAndNotTriedAgain(int status)
    {
        await using var discovery = DiscoveryFixture.Start();
        discovery.Answer(status is 204 or 304 ? ScriptedAnswer.Raw($"HTTP/1.1 {status} X\r\n{Json}\r\n\r\n") : ScriptedAnswer.Body(status, Utf8(discovery.Document()), Json));

        await discovery.RefusedAsync(GuardFailure.MetadataUnreachable);

        Assert.Single(discovery.Server.Requests);
    }

    [Theory]
    [MemberData(nameof(Redirects))]
    public async Task Redirect_IsRefusedAndNotFollowed(int status, string kind)
    {
        await using var discovery = DiscoveryFixture.Start();
        await using var other = ScriptedTlsServer.Start(new() { ServerCertificate = discovery.Server.ServerCertificate });
        using var plain = new RecordingListener();
        other.Answer = _ => ScriptedAnswer.Json(discovery.Document());
        var location = kind switch
        {
            "same" => discovery.Resource.MetadataUrl + "/moved",
            "other" => other.Origin + "/",
            _ => plain.Address.AbsoluteUri,
        };
        discovery.Server.Answer = request => request.Target == discovery.Resource.MetadataPath
            ? ScriptedAnswer.Body(status, Utf8(discovery.Document()), Json, $"Location: {location}")
            : ScriptedAnswer.Json(discovery.Document());

        await discovery.RefusedAsync(GuardFailure.MetadataUnreachable);

        Assert.Single(discovery.Server.Requests);
        Assert.Empty(other.Connections);
        Assert.Equal(0, plain.Connections);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("Application/JSON")]
    [InlineData("application/json;charset=utf-8")]
    [InlineData("application/json;")]
    [InlineData("application/json; charset=utf-8 ; ")]
    [InlineData("application/json; charset=\"UTF-8\"")]
    public async Task ContentType_Json_IsTaken(string type)
    {
        await using var discovery = DiscoveryFixture.Start();
        discovery.Answer(ScriptedAnswer.Body(200, Utf8(discovery.Document()), $"Content-Type: {type}"));

        Assert.NotNull(await discovery.GetAsync());
    }

    [Theory]
    [InlineData("Content-Type: text/html")]
    [InlineData("Content-Type: text/json")]
    [InlineData("Content-Type: application/jwt")]
    [InlineData("Content-Type: application/problem+json")]
    [InlineData("Content-Type: application/json; charset=iso-8859-1")]
    [InlineData("Content-Type: application/json; charset=utf-8; charset=utf-8")]
    [InlineData("Content-Type: application/json; profile=x")]
    [InlineData("Content-Type: application/json, text/html")]
    [InlineData("Content-Type: application/json;;")]
    [InlineData("Content-Type: text/html;")]
    [InlineData("Content-Type: application/json\r\nContent-Type: application/json")]
    [InlineData("Content-Type: application/json\r\nContent-Type: text/html")]
    [InlineData("Content-Type:")]
    [InlineData("X: 1")]
    public async Task ContentType_AnythingElse_IsRefused(string headerLine)
    {
        await using var discovery = DiscoveryFixture.Start();
        discovery.Answer(ScriptedAnswer.Body(200, Utf8(discovery.Document()), headerLine));

        await discovery.RefusedAsync(GuardFailure.MetadataInvalid);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("identity")]
    public async Task ContentEncoding_Any_IsRefused(string coding)
    {
        await using var discovery = DiscoveryFixture.Start();
        discovery.AnswerDocument($"Content-Encoding: {coding}");

        await discovery.RefusedAsync(GuardFailure.MetadataInvalid);
    }

    [Theory]
    [InlineData("Content-Encoding: gzip", GuardFailure.MetadataInvalid)]
    [InlineData("X: 1", GuardFailure.MetadataInvalid)]
    public async Task CompressedBomb_IsNeverInflated(string headerLine, GuardFailure refusal)
    {
        using var bomb = new MemoryStream();
        await using (var gzip = new GZipStream(bomb, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            await gzip.WriteAsync(new byte[10 * 1024 * 1024], TestContext.Current.CancellationToken);
        }

        await using var discovery = DiscoveryFixture.Start();
        discovery.Answer(ScriptedAnswer.Body(200, bomb.ToArray(), Json, headerLine));

        await discovery.RefusedAsync(refusal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_OfTheGreatestLength_IsRead(bool chunked)
    {
        await using var discovery = DiscoveryFixture.Start();
        discovery.Answer(Answer(Utf8(discovery.Document().PadRight(ProtectedResourceMetadata.MaxLength)), chunked));

        Assert.NotNull(await discovery.GetAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_OneByteTooLong_IsRefused(bool chunked)
    {
        await using var discovery = DiscoveryFixture.Start();
        discovery.Answer(Answer(Utf8(discovery.Document().PadRight(ProtectedResourceMetadata.MaxLength + 1)), chunked));

        await discovery.RefusedAsync(GuardFailure.MetadataUnreachable);
        Assert.Single(discovery.Server.Requests);
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked", "4\r\n    \r\n")]
    [InlineData("Content-Length: 104857600", "                ")]
    [InlineData("Connection: close", "                ")]
    public async Task Body_Endless_IsLeftAfterTheLimit(string headerLine, string chunk)
    {
        await using var discovery = DiscoveryFixture.Start();
        var before = GC.GetTotalAllocatedBytes();
        discovery.Answer(ScriptedAnswer.Endless(ScriptedAnswer.Head(200, Json, headerLine), Utf8(string.Concat(Enumerable.Repeat(chunk, 256)))));

        await discovery.RefusedAsync(GuardFailure.MetadataUnreachable);

        Assert.Single(discovery.Server.Requests);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 64 * 1024 * 1024);
    }

    [Fact]
    public async Task Head_Endless_IsRefused()
    {
        await using var discovery = DiscoveryFixture.Start();
        discovery.Answer(ScriptedAnswer.Endless(Utf8("HTTP/1.1 200 OK\r\n"), Utf8("X-Header: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n")));

        await discovery.RefusedAsync(GuardFailure.MetadataUnreachable);
        Assert.Single(discovery.Server.Requests);
    }

    [Fact]
    public async Task ContentLength_SmallerThanTheBody_LeavesATruncatedDocument()
    {
        await using var discovery = DiscoveryFixture.Start();
        discovery.Answer(ScriptedAnswer.Bytes(ScriptedAnswer.Head(200, Json, "Content-Length: 20"), Utf8(discovery.Document())));

        await discovery.RefusedAsync(GuardFailure.MetadataInvalid);
        Assert.Single(discovery.Server.Requests);
    }

    [Fact]
    public async Task ContentLength_GreaterThanTheBody_IsRefused()
    {
        await using var discovery = DiscoveryFixture.StartInRealTime();
        discovery.Answer(ScriptedAnswer.CutAfter(ScriptedAnswer.Head(200, Json, "Content-Length: 5000"), Utf8(discovery.Document())));

        await discovery.RefusedAsync(GuardFailure.MetadataUnreachable);
    }

    [Theory]
    [InlineData("Content-Length: 10\r\nContent-Length: 20")]
    [InlineData("Content-Length: -1")]
    public async Task ContentLength_Nonsense_IsRefused(string headerLines)
    {
        await using var discovery = DiscoveryFixture.StartInRealTime();
        discovery.Answer(ScriptedAnswer.CutAfter(ScriptedAnswer.Head(200, Json, headerLines), Utf8(discovery.Document())));

        var refused = await Assert.ThrowsAsync<BoundTokenGuardException>(() => discovery.GetAsync());
        Assert.Contains(refused.Failure, new[] { GuardFailure.MetadataInvalid, GuardFailure.MetadataUnreachable });
    }

    [Theory]
    [InlineData("hang")]
    [InlineData("hang after the head")]
    [InlineData("trickle")]
    [InlineData("trickle the head")]
    public async Task Answer_SlowerThanFiveSeconds_IsRefused(string how)
    {
        await using var discovery = DiscoveryFixture.Start();
        discovery.Answer(how switch
        {
            "hang" => ScriptedAnswer.Hang(),
            "hang after the head" => ScriptedAnswer.HangAfter(ScriptedAnswer.Head(200, Json, "Content-Length: 200")),
            "trickle" => ScriptedAnswer.Trickle(ScriptedAnswer.Head(200, Json, "Content-Length: 50000"), " "u8.ToArray()),
            _ => ScriptedAnswer.Trickle("HTTP/1.1 200 OK\r\nX: "u8.ToArray(), "a"u8.ToArray()),
        });

        var asked = discovery.GetAsync();
        await discovery.Server.WaitForRequestAsync(1);
        discovery.Clock.Advance(FetchLimits.Metadata.Attempt - TimeSpan.FromMilliseconds(1));
        Assert.False(asked.IsCompleted);
        discovery.Clock.Advance(TimeSpan.FromMilliseconds(1));

        await DiscoveryFixture.RefusedAsync(GuardFailure.MetadataUnreachable, asked);
        Assert.Single(discovery.Server.Requests);
    }

    [Fact]
    public async Task Answer_WithinFiveSeconds_IsTaken()
    {
        await using var discovery = DiscoveryFixture.Start();
        var gate = new TaskCompletionSource();
        discovery.Answer(ScriptedAnswer.After(gate.Task, ScriptedAnswer.Json(discovery.Document())));

        var asked = discovery.GetAsync();
        await discovery.Server.WaitForRequestAsync(1);
        discovery.Clock.Advance(FetchLimits.Metadata.Attempt - TimeSpan.FromMilliseconds(1));
        gate.SetResult();

        Assert.NotNull(await asked);
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static ScriptedAnswer Answer(byte[] body, bool chunked) => chunked
        ? ScriptedAnswer.Bytes(ScriptedAnswer.Head(200, Json, "Transfer-Encoding: chunked"), Utf8($"{body.Length:x}\r\n"), body, Utf8("\r\n0\r\n\r\n"))
        : ScriptedAnswer.Body(200, body, Json);
}
