using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement.AspNetCore.Tests.Review;

// What held before our line was added holds after it.
public sealed class WeakeningTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task HandlerReplacedInTheContainer_ItsOwnCheck_StaysInForce(bool enforced)
    {
        await using var api = await Api.StartAsync(builder =>
        {
            builder.Services.AddAuthentication().AddJwtBearer(Api.Issuer.Configure);
            builder.Services.AddAuthorization();
            builder.Services.AddTransient<JwtBearerHandler, RevocationCheckingHandler>();
            if (enforced)
            {
                builder.Services.AddBoundTokenEnforcement();
            }
        });

        Assert.Equal(401, (await api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.A)).Status);
    }

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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ReportOnly_DPoPSchemeOfTheApplication_GoesOnAsBefore(bool enforced)
    {
        await using var api = await Api.StartAsync(builder =>
        {
            builder.Services.AddAuthentication().AddJwtBearer(o =>
            {
                Api.Issuer.Configure(o);
                o.Events = new JwtBearerEvents
                {
                    OnMessageReceived = context =>
                    {
                        context.Token = context.Request.Headers.Authorization.ToString()["DPoP ".Length..];
                        return Task.CompletedTask;
                    },
                };
            });
            builder.Services.AddAuthorization();
            if (enforced)
            {
                builder.Services.AddBoundTokenEnforcement(o => o.Mode = EnforcementMode.ReportOnly);
            }
        });

        Assert.Equal(200, (await api.SendAsync("/", context => context.Request.Headers.Authorization = $"DPoP {Api.Issuer.WithConfirmation("""{"jkt":"x"}""")}")).Status);
    }

    // "Nothing in the existing code changes": the token that this API reads stands in a header of its own, a gateway's in Authorization.
    [Fact]
    public async Task TokenInAHeaderOfItsOwn_GatewaysTokenInAuthorization_OwnerGetsIn()
    {
        await using var api = await Api.StartAsync(Api.Guarded(jwt: o => o.Events = new JwtBearerEvents
        {
            OnMessageReceived = context =>
            {
                context.Token = context.Request.Headers[OwnHandler.Header];
                return Task.CompletedTask;
            },
        }));

        var answer = await api.SendAsync("/", context =>
        {
            context.Connection.ClientCertificate = Api.A;
            context.Request.Headers[OwnHandler.Header] = Api.Issuer.BoundTo(Api.A);
            context.Request.Headers.Authorization = $"Bearer {Api.Issuer.Issue()}";
        });

        Assert.Equal(200, answer.Status);
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

    private sealed class RevocationCheckingHandler(IOptionsMonitor<JwtBearerOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : JwtBearerHandler(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(AuthenticateResult.Fail("revoked"));
    }
}
