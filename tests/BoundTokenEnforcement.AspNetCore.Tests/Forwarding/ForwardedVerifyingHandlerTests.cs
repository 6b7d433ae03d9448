using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement.AspNetCore.Tests.Forwarding;

/// <summary>A handler that compares certificates itself (<c>VerifiesBindings</c>), behind a proxy.</summary>
public sealed class ForwardedVerifyingHandlerTests
{
    [Fact]
    public async Task VerifyingHandler_BehindAProxy_SeesTheForwardedCertificateAndNoOther()
    {
        await using var api = await Setup.StartAsync(
            Setup.Any,
            // As such handlers do: no certificate, or another one, is no success.
            schemes => schemes.AddGuarded().AddAny(options => options.Subject = static request =>
                request.HttpContext.Connection.ClientCertificate is { } shown && shown.RawDataMemory.Span.SequenceEqual(Api.A.RawDataMemory.Span) ? "owner" : null),
            Setup.Behind(),
            options =>
            {
                Forwarded.From()(options);
                options.VerifiesBindings(Setup.Any);
            });

        await api.AdmitsAsync("/", Forwarded.Token(Forwarded.Proxy, Api.A.Base64()), "owner");

        Assert.Equal(StatusCodes.Status401Unauthorized, (await api.SendAsync("/", Forwarded.Token(Forwarded.Proxy, Api.B.Base64()))).Status);
        Assert.Equal(StatusCodes.Status401Unauthorized, (await api.SendAsync("/", Forwarded.Token(Forwarded.Proxy))).Status);

        // The certificate of the connection is the proxy's own and proves nothing, even if it is the right one.
        Assert.Equal(StatusCodes.Status401Unauthorized, (await api.SendAsync("/", Forwarded.Token(Forwarded.Proxy) + (context => context.Connection.ClientCertificate = Api.A))).Status);
        Assert.Single(api.Visits);
    }
}
