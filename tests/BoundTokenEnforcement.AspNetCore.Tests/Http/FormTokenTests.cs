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
