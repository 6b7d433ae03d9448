using System.IO.Compression;
using System.Text;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests.Http;

/// <summary>A form beside a token: looked at, and left as it came.</summary>
public sealed class FormTokenTests
{
    private const string Form = "application/x-www-form-urlencoded";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CompressedForm_BesideABearerToken_IsReadAsBefore(bool enforced)
    {
        string? seen = null;
        await using var api = await Api.StartAsync(
            [Common(enforced), builder => builder.Services.AddRequestDecompression()],
            (api, app) =>
            {
                app.UseRequestDecompression();
                app.MapPost("/", async (HttpContext context) => seen = (await context.Request.ReadFormAsync())["name"]);
            });
        using var buffer = new MemoryStream();
        await using (var zip = new GZipStream(buffer, CompressionMode.Compress, leaveOpen: true))
        {
            await zip.WriteAsync(Encoding.UTF8.GetBytes("name=alice"), TestContext.Current.CancellationToken);
        }

        await PostFormAsync(api, buffer.ToArray(), "gzip");

        Assert.Equal("alice", seen);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FormOfManyFields_BesideABearerToken_IsReadAsBefore(bool enforced)
    {
        await using var api = await Api.StartAsync(
            [Common(enforced)],
            (api, app) => app.MapPost("/", async (HttpContext context) =>
            {
                var form = await context.Request.ReadFormAsync(new FormOptions { ValueCountLimit = 5000 }, TestContext.Current.CancellationToken);
                return form.Count;
            }));

        var answer = await PostFormAsync(api, Encoding.ASCII.GetBytes(string.Join('&', Enumerable.Range(0, 2000).Select(i => $"f{i}=1"))));

        Assert.Equal(200, answer.Status);
        Assert.Equal("2000", answer.Body);
    }

    // D14, AC-054: a body without Content-Length is a body too.
    [Fact]
    [Requirement("AC-054", "D14")]
    public async Task TokenInHeaderAndChunkedForm_IsBadRequest()
    {
        await using var api = await Api.StartAsync(Api.Guarded());

        var answer = await api.SendAsync("/", context =>
        {
            context.Connection.ClientCertificate = Api.A;
            context.Request.Method = "POST";
            context.Request.Headers.Authorization = $"Bearer {Api.Issuer.BoundTo(Api.A)}";
            context.Request.ContentType = "application/x-www-form-urlencoded";
            context.Request.Body = new MemoryStream(Encoding.ASCII.GetBytes("access_token=x"));
        });

        answer.IsBadRequest();
    }

    [Theory]
    [InlineData("access_token=x")]
    [InlineData("access_token=")]
    [InlineData("access_token")]
    [InlineData("ACCESS_TOKEN=x")]
    [InlineData("Access_Token=x")]
    [InlineData("access%5Ftoken=x")]
    [InlineData("access%5ftoken=x")]
    [InlineData("%61ccess_token=x")]
    [InlineData("%61%63%63%65%73%73%5f%74%6f%6b%65%6e=x")]
    [InlineData("%41%43%43%45%53%53%5F%54%4F%4B%45%4E=x")]
    [InlineData("a=1&access_token=x")]
    [InlineData("a=1&&access_token=x&b=2")]
    [InlineData("=1&access_token")]
    [InlineData("access_token=x&access_token=y")]
    [InlineData("a=access_token&access_token==")]
    public async Task Field_OfTheTokensName_IsABadRequest(string form)
    {
        await using var api = await Api.StartAsync(Api.Guarded());

        (await PostAsync(api, Encoding.ASCII.GetBytes(form))).IsBadRequest();
        (await PostAsync(api, Encoding.ASCII.GetBytes(form), hasLength: false)).IsBadRequest();

        Assert.Empty(api.Visits);
        Assert.Equal(2, api.Metrics.Sum(BoundTokenTelemetry.DecisionsCounterName, BoundTokenTelemetry.FailureTag, nameof(BindingFailure.RequestMalformed)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("access_tokens=x")]
    [InlineData("xaccess_token=x")]
    [InlineData("access_toke=x")]
    [InlineData("a=access_token")]
    [InlineData("a=1=access_token=x")]
    [InlineData("access+token=x")]
    [InlineData("+access_token=x")]
    [InlineData("access_token+=x")]
    [InlineData("%2561ccess_token=x")]
    [InlineData("access_token%00=x")]
    [InlineData("%=x&%4=x&%zz=x")]
    public async Task Field_OfAnotherName_DoesNotMatter(string form)
    {
        await using var api = await Api.StartAsync(Api.Guarded());

        Assert.Equal(200, (await PostAsync(api, Encoding.ASCII.GetBytes(form))).Status);
        Assert.Equal(200, (await PostAsync(api, Encoding.ASCII.GetBytes(form), hasLength: false)).Status);
    }

    // What the framework reads as the token's field, we see as one.
    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    [InlineData("iso-8859-1")]
    [InlineData("us-ascii")]
    public async Task Field_InAnotherCharset_IsABadRequest(string charset)
    {
        string? seen = null;
        await using var plain = await StartAsync(enforced: false);
        await using var api = await StartAsync(enforced: true);
        var form = Encoding.GetEncoding(charset).GetBytes("a=1&access_token=x");

        await PostAsync(plain, form, type: $"{Form}; charset={charset}");
        Assert.Equal("x", seen);
        seen = null;
        (await PostAsync(api, form, type: $"{Form}; charset={charset}")).IsBadRequest();
        Assert.Null(seen);

        Task<Api> StartAsync(bool enforced) => Api.StartAsync(
            [Common(enforced)],
            (_, app) => app.MapPost("/", async (HttpContext context) => seen = (await context.Request.ReadFormAsync())["access_token"]).RequireAuthorization());
    }

    // Longer ones go on unread: whoever reads those has limits of his own.
    [Theory]
    [InlineData(0, true)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(1, false)]
    public async Task Form_UpToTheLimit_IsLookedAt(int beyond, bool hasLength)
    {
        byte[]? seen = null;
        await using var api = await Api.StartAsync([Api.Guarded()], (_, app) => app.MapPost("/", async (HttpContext context) => seen = await ReadAsync(context)).RequireAuthorization());
        var form = Encoding.ASCII.GetBytes("access_token=x&a=".PadRight(FormToken.MaxFormLength + beyond, 'x'));

        var answer = await PostAsync(api, form, hasLength);

        if (beyond == 0)
        {
            answer.IsBadRequest();
            Assert.Null(seen);
        }
        else
        {
            Assert.Equal(200, answer.Status);
            Assert.Equal(form, seen);
        }
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Body_AfterOurLook_IsAsItCame(bool hasLength, bool byReader)
    {
        byte[]? seen = null;
        await using var api = await Api.StartAsync([Api.Guarded()], (_, app) => app.MapPost("/", async (HttpContext context) =>
            seen = byReader ? await ReadByReaderAsync(context) : await ReadAsync(context)).RequireAuthorization());
        var form = new byte[3_000];
        Random.Shared.NextBytes(form);

        Assert.Equal(200, (await PostAsync(api, form, hasLength)).Status);

        Assert.Equal(form, seen);
    }

    // Readers of forms do not look at it.
    [Theory]
    [InlineData("identity")]
    [InlineData("gzip")]
    [InlineData("")]
    public async Task Field_InAFormThatOnlyClaimsToBeEncoded_IsABadRequest(string encoding)
    {
        await using var api = await Api.StartAsync(Api.Guarded());

        (await PostAsync(api, "access_token=x"u8.ToArray(), encoding: encoding)).IsBadRequest();
        Assert.Equal(200, (await PostAsync(api, "a=x"u8.ToArray(), encoding: encoding)).Status);
    }

    // Compressed, nobody can say what stands in there; whoever decodes it before us shows it to us too.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task CompressedForm_WithASecondToken_IsABadRequestIfItWasDecodedBefore(bool decoded)
    {
        await using var api = await Api.StartAsync(
            [Api.Guarded(), builder => builder.Services.AddRequestDecompression()],
            (api, app) =>
            {
                if (decoded)
                {
                    app.UseRequestDecompression();
                }

                app.UseAuthentication();
                app.UseAuthorization();
                api.MapProtected(app);
            });
        var form = await CompressAsync("access_token=x");

        var answer = await PostAsync(api, form, encoding: "gzip");

        if (decoded)
        {
            answer.IsBadRequest();
        }
        else
        {
            Assert.Equal(200, answer.Status);
        }
    }

    [Fact]
    public async Task Form_OnlyReported_IsToldAndLetThrough()
    {
        await using var api = await Api.StartAsync(Api.Guarded(enforcement: options => options.Mode = EnforcementMode.ReportOnly));

        Assert.Equal(200, (await PostAsync(api, "access_token=x"u8.ToArray())).Status);

        Assert.Equal(1, api.Metrics.Sum(BoundTokenTelemetry.DecisionsCounterName, BoundTokenTelemetry.FailureTag, nameof(BindingFailure.RequestMalformed)));
    }

    private static async Task<byte[]> ReadAsync(HttpContext context)
    {
        using var copy = new MemoryStream();
        await context.Request.Body.CopyToAsync(copy, context.RequestAborted);
        return copy.ToArray();
    }

    private static async Task<byte[]> ReadByReaderAsync(HttpContext context)
    {
        using var copy = new MemoryStream();
        await context.Request.BodyReader.CopyToAsync(copy, context.RequestAborted);
        return copy.ToArray();
    }

    private static async Task<byte[]> CompressAsync(string text)
    {
        using var buffer = new MemoryStream();
        await using (var zip = new GZipStream(buffer, CompressionMode.Compress, leaveOpen: true))
        {
            await zip.WriteAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);
        }

        return buffer.ToArray();
    }

    /// <summary>With T(A) and A: nothing but the form can be wrong.</summary>
    private static Task<Answer> PostAsync(Api api, byte[] body, bool hasLength = true, string type = Form, string? encoding = null) =>
        api.SendAsync("/", TestRequests.Proven + (context =>
        {
            context.Request.Method = HttpMethods.Post;
            context.Request.Headers.ContentEncoding = encoding;
            context.Request.ContentType = type;
            context.Request.ContentLength = hasLength ? body.Length : null;
            context.Request.Body = new MemoryStream(body);
        }));

    private static Action<WebApplicationBuilder> Common(bool enforced) => builder =>
    {
        builder.Services.AddAuthentication().AddJwtBearer(Api.Issuer.Configure);
        builder.Services.AddAuthorization();
        if (enforced)
        {
            builder.Services.AddBoundTokenEnforcement();
        }
    };

    private static Task<Answer> PostFormAsync(Api api, byte[] body, string? encoding = null) => api.SendAsync("/", context =>
    {
        context.Request.Method = "POST";
        context.Request.Headers.Authorization = "Bearer anything";
        context.Request.Headers.ContentEncoding = encoding;
        context.Request.ContentType = "application/x-www-form-urlencoded";
        context.Request.ContentLength = body.Length;
        context.Request.Body = new MemoryStream(body);
    });
}
