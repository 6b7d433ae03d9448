using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>Handlers that hand their token over themselves.</summary>
public sealed class EnforcedByHandlerTests
{
    [Fact]
    public async Task Handler_HandsItsTokenOver_IsJudgedAsOurOwn()
    {
        await using var api = await StartAsync(Enforce);

        await api.RefusesAsync("/", TestRequests.Stolen, BindingFailure.CertificateMissing);
        await api.RefusesAsync("/", TestRequests.Stolen + (context => context.Connection.ClientCertificate = Api.B), BindingFailure.CertificateMismatch);
        var unbound = await api.SendAsync("/", TestRequests.With($"Bearer {Api.Issuer.Issue()}"));
        var visit = await api.AdmitsAsync("/", TestRequests.Proven, "whoever");

        // The challenge is the handler's own: the token was not a bound one.
        Assert.Equal(StatusCodes.Status401Unauthorized, unbound.Status);
        Assert.Single(api.Visits);
        Assert.Equal(BindingOutcome.Verified, visit.Feature?.Outcome);
        Assert.Equal(Setup.Any, visit.Feature?.Scheme);
    }

    [Fact]
    public async Task Handler_ForgetsTheCall_IsRefusedWhateverTheToken()
    {
        await using var api = await StartAsync((_, success) => ValueTask.FromResult(success));

        await api.RefusesAsync("/", TestRequests.Stolen, BindingFailure.SchemeNotEnforced);
        await api.RefusesAsync("/", TestRequests.Proven, BindingFailure.SchemeNotEnforced);
        await api.RefusesAsync("/", TestRequests.With("Bearer opaque"), BindingFailure.SchemeNotEnforced);
    }

    [Fact]
    public async Task Handler_CallsButReturnsItsOwnResult_IsRefused()
    {
        await using var api = await StartAsync(async (context, success) =>
        {
            await Enforce(context, success);
            return success;
        });

        // A refusal that is not passed on covers nothing; a judgement does.
        await api.RefusesAsync("/", TestRequests.Stolen, BindingFailure.SchemeNotEnforced);
        await api.AdmitsAsync("/", TestRequests.Proven, "whoever");
    }

    [Fact]
    public async Task Handler_CallsForAnotherTicket_IsRefused()
    {
        await using var api = await StartAsync(async (context, success) =>
        {
            await Enforce(context, AuthenticateResult.Success(new AuthenticationTicket(success.Principal!, Setup.Any)));
            return success;
        });

        await api.RefusesAsync("/", TestRequests.Proven, BindingFailure.SchemeNotEnforced);
    }

    [Fact]
    [Requirement("AC-019")]
    public async Task Handler_HandsOverAnIntrospectionAnswer_IsJudgedByIt()
    {
        var bound = new JsonObject { ["active"] = true, ["cnf"] = TestTokenIssuer.ConfirmationOf(Api.A) }.ToJsonString();
        await using var api = await StartAsync((context, success) => context.EnforceTokenBindingAsync(success, Encoding.UTF8.GetBytes(bound)));

        // AC-019
        await api.RefusesAsync("/", TestRequests.With("Bearer opaque"), BindingFailure.CertificateMissing);
        await api.AdmitsAsync("/", TestRequests.With("Bearer opaque") + (context => context.Connection.ClientCertificate = Api.A), "whoever");
    }

    [Fact]
    public async Task EnforceTokenBinding_WrongArguments_Throws()
    {
        var context = new DefaultHttpContext { RequestServices = new ServiceCollection().BuildServiceProvider() };
        var success = AuthenticateResult.Success(new AuthenticationTicket(AnyTokenHandler.User("x", "x"), "x"));

        await Assert.ThrowsAsync<ArgumentNullException>("context", async () => await ((HttpContext)null!).EnforceTokenBindingAsync(success, default));
        await Assert.ThrowsAsync<ArgumentNullException>("success", async () => await context.EnforceTokenBindingAsync(null!, default));
        await Assert.ThrowsAsync<ArgumentException>("success", async () => await context.EnforceTokenBindingAsync(AuthenticateResult.NoResult(), default));
        await Assert.ThrowsAsync<ArgumentException>("success", async () => await context.EnforceTokenBindingAsync(AuthenticateResult.Fail("no"), default));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await context.EnforceTokenBindingAsync(success, default));
    }

    private static Task<Api> StartAsync(Func<HttpContext, AuthenticateResult, ValueTask<AuthenticateResult>> finish) => Setup.StartAsync(
        Setup.Any,
        schemes => schemes.AddAny(options => options.Finish = finish),
        Setup.Behind(),
        options => options.EnforcedByHandler(Setup.Any));

    private static ValueTask<AuthenticateResult> Enforce(HttpContext context, AuthenticateResult success) =>
        context.EnforceTokenBindingAsync(success, Base64Url.DecodeFromChars(context.Request.Headers.Authorization.ToString().Split('.')[1]));
}
