using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement.AspNetCore.Tests.Forwarding;

/// <summary>
/// R9440-2.4-5: what was chosen by the field must not be served to another client. Every answer in header mode says so, because which one it is was
/// chosen by the field even where it is missing; refusals are <c>no-store</c> besides.
/// </summary>
[Requirement("R9440-2.4-5")]
public sealed class ForwardedVaryTests
{
    private const string Anonymous = "/anonymous";
    private const string Cleared = "/cleared";
    private const string OwnVary = "/own";

    [Fact]
    [Requirement("R9440-2.4-5")]
    public async Task Answer_InHeaderMode_VariesByTheField()
    {
        await using var api = await StartAsync(Forwarded.From());
        var a = Api.A.Base64();

        await VariesAsync(api, "/", 200, Forwarded.Token(Forwarded.Proxy, a));
        await VariesAsync(api, "/", 401, Forwarded.Token(Forwarded.Proxy, Api.B.Base64()));
        await VariesAsync(api, "/", 401, Forwarded.Token(Forwarded.Proxy));
        await VariesAsync(api, "/", 401, Forwarded.Token(Forwarded.Stranger));
        await VariesAsync(api, "/", 401, _ => { });
        await VariesAsync(api, "/", 400, Forwarded.Token(Forwarded.Stranger, a));
        await VariesAsync(api, "/", 400, Forwarded.Token(Forwarded.Proxy, "nonsense"));
        await VariesAsync(api, "/", 400, Forwarded.Token(Forwarded.Proxy, a) + TestRequests.With("Bearer one two"));
        await VariesAsync(api, "/nowhere", 404, Forwarded.Token(Forwarded.Proxy, a));
        await VariesAsync(api, Anonymous, 200, _ => { });
    }

    [Fact]
    public async Task Answer_ThatWasCleared_VariesAllTheSame()
    {
        await using var api = await StartAsync(Forwarded.From());

        await VariesAsync(api, Cleared, 200, Forwarded.Token(Forwarded.Proxy, Api.A.Base64()));
    }

    [Fact]
    public async Task Answer_ThatVariesAlready_KeepsWhatItSays()
    {
        await using var api = await StartAsync(Forwarded.From());

        var answer = await api.SendAsync(OwnVary, Forwarded.Token(Forwarded.Proxy, Api.A.Base64()));

        Assert.Equal(["Origin", Forwarded.Field], VaryOf(answer));
    }

    [Theory]
    [InlineData(ForwardedCertificateFormat.ClientCert, "Client-Cert")]
    [InlineData(ForwardedCertificateFormat.Xfcc, "X-Forwarded-Client-Cert")]
    [InlineData(ForwardedCertificateFormat.SpacedPem, "X-Client-Cert")]
    public async Task Answer_NamesTheFieldThatIsRead(ForwardedCertificateFormat format, string field)
    {
        await using var api = await StartAsync(Forwarded.From(format: format, more: forwarded => forwarded.Header = null));

        Assert.Equal([field], VaryOf(await api.SendAsync("/", _ => { })));
    }

    [Fact]
    public async Task Answer_InConnectionMode_DoesNotVary()
    {
        await using var api = await StartAsync(_ => { });

        foreach (var request in new[] { TestRequests.Proven, TestRequests.Stolen, Forwarded.Token(Forwarded.Proxy, Api.A.Base64()), TestRequests.With("Bearer one two") })
        {
            Assert.Empty(VaryOf(await api.SendAsync("/", request)));
        }
    }

    private static async Task VariesAsync(Api api, string target, int status, Action<HttpContext> request)
    {
        var answer = await api.SendAsync(target, request);

        Assert.Equal(status, answer.Status);
        Assert.Equal([Forwarded.Field], VaryOf(answer));
        if (status is 400 or 401)
        {
            Assert.Equal("no-store", answer.Headers.CacheControl);
        }
    }

    private static string?[] VaryOf(Answer answer) => [.. answer.Headers.Vary];

    private static Task<Api> StartAsync(Action<BoundTokenEnforcementOptions> enforcement) => Api.StartAsync([Api.Guarded(enforcement: enforcement)], (api, app) =>
    {
        api.MapProtected(app);
        api.Map(app, Anonymous);
        app.MapGet(Cleared, context =>
        {
            context.Response.Headers.Vary = "*";
            context.Response.Clear();
            return context.Response.WriteAsync("anew");
        }).RequireAuthorization();
        app.MapGet(OwnVary, context =>
        {
            context.Response.Headers.Vary = "Origin";
            return context.Response.WriteAsync("varies");
        }).RequireAuthorization();
    });
}
