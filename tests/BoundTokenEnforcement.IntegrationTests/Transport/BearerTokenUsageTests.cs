using System.Net;
using System.Text;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Requirements D14 to D17, to the letter and over real sockets.</summary>
[Requirement("D14", "D17")]
public sealed class BearerTokenUsageTests
{
    private const string InvalidRequest =
        "Bearer error=\"invalid_request\", error_description=\"The token, or the certificate it is bound to, was not sent in one unambiguous header field\"";

    private const string Form = "application/x-www-form-urlencoded";

    public static TheoryData<string, int> BodyKinds
    {
        get
        {
            var kinds = new TheoryData<string, int>();
            foreach (var version in new[] { "1.1", "2.0" })
            {
                // With a length, and without: chunked, or as long as the stream is.
                kinds.Add(version, 1);
                kinds.Add(version, -1);
            }

            return kinds;
        }
    }

    // D14
    [Theory]
    [MemberData(nameof(BodyKinds))]
    [Requirement("D14", "R6750-2-1", "R6750-3.1-1")]
    public async Task HeaderAndForm_TwoTokens_400AndNotEntered(string version, int length)
    {
        await using var api = await StartAsync();
        using var client = api.Host.CreateClient(api.A, Version.Parse(version));
        foreach (var body in new[] { "access_token=x", "a=1&access_token=", "access%5Ftoken=x", "a=1&access_token=x&access_token=y" })
        {
            foreach (var type in new[] { Form, "APPLICATION/X-WWW-FORM-URLENCODED", $"{Form}; charset=utf-8" })
            {
                AssertInvalidRequest(await PostAsync(api, client, "/raw", body, type, length));
            }
        }
    }

    [Theory]
    [MemberData(nameof(BodyKinds))]
    public async Task HeaderAndForm_OneToken_EndpointReadsTheBodyAsItCame(string version, int length)
    {
        await using var api = await StartAsync();
        using var client = api.Host.CreateClient(api.A, Version.Parse(version));
        const string body = "a=1&b=%20x&access_tokens=2";

        Assert.Equal(body, (await PostAsync(api, client, "/raw", body, Form, length)).AssertIn().Body);
        Assert.Equal("1| x", (await PostAsync(api, client, "/bound", body, Form, length)).AssertIn().Body);
        Assert.Equal("1| x", (await PostAsync(api, client, "/read", body, Form, length)).AssertIn().Body);
    }

    [Theory]
    [MemberData(nameof(BodyKinds))]
    public async Task OtherBodies_WhateverIsInThem_ArriveAsTheyCame(string version, int length)
    {
        await using var api = await StartAsync();
        using var client = api.Host.CreateClient(api.A, Version.Parse(version));

        Assert.Equal("{\"access_token\":\"x\"}", (await PostAsync(api, client, "/raw", "{\"access_token\":\"x\"}", "application/json", length)).AssertIn().Body);
        Assert.Equal("access_token=x", (await PostAsync(api, client, "/raw", "access_token=x", "text/plain", length)).AssertIn().Body);
    }

    [Theory]
    [MemberData(nameof(BodyKinds))]
    public async Task LongForm_GoesOnUnreadAndWhole(string version, int length)
    {
        await using var api = await StartAsync();
        using var client = api.Host.CreateClient(api.A, Version.Parse(version));
        var body = $"a={new string('x', 200_000)}";

        Assert.Equal(body, (await PostAsync(api, client, "/raw", body, Form, length)).AssertIn().Body);
    }

    [Fact]
    [Requirement("R6750-2-1")]
    public async Task HeaderAndQuery_TwoTokens_400AndNotEntered()
    {
        await using var api = await StartAsync();
        using var client = api.Client(api.A);
        foreach (var query in new[] { "?access_token=x", "?a=1&access_token=", "?access%5Ftoken=x", "?ACCESS_TOKEN=x" })
        {
            AssertInvalidRequest(await api.SendAsync(client, api.Issuer.BoundTo(api.A), r => r.RequestUri = new Uri("/" + query, UriKind.Relative)));
        }

        (await api.SendAsync(client, api.Issuer.BoundTo(api.A), r => r.RequestUri = new Uri("/?token=x", UriKind.Relative))).AssertIn();
    }

    [Fact]
    public async Task SeveralLines_EvenIdentical_400AndNotEntered()
    {
        await using var api = await StartAsync();
        var token = api.Issuer.BoundTo(api.A);
        foreach (var lines in new[] { new[] { $"Bearer {token}", $"Bearer {token}" }, ["Basic eDp5", $"Bearer {token}"], [$"Bearer {token}", "Basic eDp5"], [$"Bearer {token}", ""] })
        {
            AssertInvalidRequest(await RawAsync(api, "GET / HTTP/1.1", [.. lines.Select(l => $"Authorization: {l}")]));
        }

        (await RawAsync(api, "GET / HTTP/1.1", $"Authorization: Bearer {token}")).AssertIn();
    }

    // D15
    [Fact]
    [Requirement("D15", "R6750-2.2-1")]
    public async Task QueryOrFormOnly_NotOptedIn_401WithoutError()
    {
        await using var api = await StartAsync();
        using var client = api.Client(api.A);
        var token = api.Issuer.BoundTo(api.A);

        AssertNoToken(await api.SendAsync(client, null, r => r.RequestUri = new Uri($"/?access_token={token}", UriKind.Relative)));
        AssertNoToken(await api.SendAsync(client, null, r =>
        {
            r.Method = HttpMethod.Post;
            r.Content = new StringContent($"access_token={token}", Encoding.ASCII, Form);
        }));
        (await api.SendAsync(client, token)).AssertIn();
    }

    // D16
    [Fact]
    [Requirement("D16")]
    public async Task OddGrammar_400AndNotEntered()
    {
        await using var api = await StartAsync();
        var token = api.Issuer.BoundTo(api.A);
        foreach (var value in new[] { $"Bearer {token} x", $"Bearer {token},", $"Bearer {token}, realm=\"x\"", $"Bearer \"{token}\"", $"Bearer \t{token}", $"Bearer {token}, Bearer {token}" })
        {
            AssertInvalidRequest(await RawAsync(api, "GET / HTTP/1.1", $"Authorization: {value}"));
        }

        (await RawAsync(api, "GET / HTTP/1.1", $"Authorization: Bearer   {token}")).AssertIn();
    }

    // D17, AC-052
    [Fact]
    [Requirement("AC-052", "D17")]
    public async Task DPoPScheme_TokenBoundToTheCertificate_401()
    {
        await using var api = await StartAsync();

        (await RawAsync(api, "GET / HTTP/1.1", $"Authorization: DPoP {api.Issuer.BoundTo(api.A)}")).AssertRefused();
        (await RawAsync(api, "GET / HTTP/1.1", $"Authorization: dpop {api.Issuer.BoundTo(api.A)}", "DPoP: eyJ.eyJ.x")).AssertRefused();
        Assert.All(api.Refusals, failure => Assert.Equal(BindingFailure.MethodUnsupported, failure));
    }

    // A limit of the endpoint is in force only if nobody has begun to read the body before routing.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RequestSizeLimit_FormBesideABearerToken_IsInForce(bool enforced)
    {
        await using var host = await TlsApiHost.StartAsync(
            builder =>
            {
                builder.Services.AddAuthentication().AddJwtBearer(_ => { });
                builder.Services.AddAuthorization();
                if (enforced)
                {
                    builder.Services.AddBoundTokenEnforcement();
                }
            },
            app => app.MapPost("/", async (HttpContext context) => (await context.Request.ReadFormAsync()).Count)
                .WithMetadata(new RequestSizeLimitAttribute(100)));
        using var client = host.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/")
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("a", new string('x', 10_000))]),
        };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer anything");

        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    private static void AssertInvalidRequest(GuardedAnswer answer)
    {
        answer.AssertRejected(400);
        Assert.Equal([InvalidRequest], answer.Challenges);
    }

    private static void AssertNoToken(GuardedAnswer answer)
    {
        answer.AssertRejected(401);
        Assert.DoesNotContain("error", Assert.Single(answer.Challenges), StringComparison.Ordinal);
    }

    private static Task<GuardedAnswer> RawAsync(GuardedApi api, string requestLine, params string[] headerLines) =>
        api.SendRawAsync(new TlsClientOptions { Certificate = api.A }, requestLine, ["Host: localhost", .. headerLines], "");

    private static Task<GuardedAnswer> PostAsync(GuardedApi api, HttpClient client, string path, string body, string type, int length) =>
        api.SendAsync(client, api.Issuer.BoundTo(api.A), request =>
        {
            request.Method = HttpMethod.Post;
            request.RequestUri = new Uri(path, UriKind.Relative);
            var bytes = Encoding.ASCII.GetBytes(body);
            request.Content = length > 0 ? new ByteArrayContent(bytes) : new UnknownLength(bytes);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        });

    private static Task<GuardedApi> StartAsync() => GuardedApi.StartAsync(new GuardedSetup
    {
        Before = (builder, _) => builder.Services.AddAntiforgery(),
        Map = (app, api) =>
        {
            app.MapPost("/raw", async (HttpContext context) =>
            {
                api.Enter(context);
                using var reader = new StreamReader(context.Request.Body);
                return await reader.ReadToEndAsync(context.RequestAborted);
            }).RequireAuthorization();
            app.MapPost("/bound", (HttpContext context, [FromForm] string a, [FromForm] string b) =>
            {
                api.Enter(context);
                return $"{a}|{b}";
            }).RequireAuthorization().DisableAntiforgery();
            app.MapPost("/read", async (HttpContext context) =>
            {
                api.Enter(context);
                var form = await context.Request.ReadFormAsync(context.RequestAborted);
                return $"{form["a"]}|{form["b"]}";
            }).RequireAuthorization();
        },
    });

    private sealed class UnknownLength(byte[] bytes) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(bytes).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
