using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement.AspNetCore.Tests.Forwarding;

/// <summary>The first certificate is the client's and only the first; the others are read strictly, and prove nothing.</summary>
public sealed class ForwardedChainTests
{
    public static TheoryData<ForwardedCertificateFormat> Formats =>
        [ForwardedCertificateFormat.EscapedPemChain, ForwardedCertificateFormat.Base64DerChain, ForwardedCertificateFormat.XfccChain];

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Chain_InTheField_OnlyItsFirstIsProof(ForwardedCertificateFormat format)
    {
        await using var api = await Forwarded.StartAsync(Forwarded.From(format: format));

        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, Api.A.WithChain(format)));
        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, Api.A.WithChain(format, Api.B)));
        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy, Api.B.WithChain(format, Api.A)), BindingFailure.CertificateMismatch);
        await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Proxy, Api.A.WithChain(format, Api.B) + "x"), BindingFailure.ForwardedCertificateMalformed);
        await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Proxy, new[] { Api.B.WithChain(format), Api.A.WithChain(format) }), BindingFailure.ForwardedCertificateMalformed);
        await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Stranger, Api.A.WithChain(format, Api.B)), BindingFailure.ForwarderUntrusted);
    }

    [Fact]
    public async Task ClientCertChain_IsReadStrictlyAndNeverProof()
    {
        await using var api = await Forwarded.StartAsync(Forwarded.From(format: ForwardedCertificateFormat.ClientCertChain, more: forwarded => forwarded.Header = null));
        var (a, b) = (Api.A.As(ForwardedCertificateFormat.ClientCert), Api.B.As(ForwardedCertificateFormat.ClientCert));

        for (var i = 0; i < 2; i++)
        {
            await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, a, "Client-Cert"));
            await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, a, "Client-Cert") + Chain($"{b}, {b}"));
            await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, a, "Client-Cert") + Chain(b, b));
            await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy, b, "Client-Cert") + Chain(a), BindingFailure.CertificateMismatch);
            await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Proxy) + Chain(a), BindingFailure.ForwardedCertificateMalformed);
            foreach (var wrong in new[] { [$"{b},"], ["x"], [b, "x"], ["x", b], [string.Join(',', Enumerable.Repeat(b, ForwardedCertificateChain.MaxCertificates + 1))], new[] { Api.B.Base64() } })
            {
                await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Proxy, a, "Client-Cert") + Chain(wrong), BindingFailure.ForwardedCertificateMalformed);
            }
        }

        var answer = await api.SendAsync("/", Forwarded.Token(Forwarded.Proxy, a, "Client-Cert"));
        Assert.Equal("Client-Cert, Client-Cert-Chain", answer.Headers.Vary);
    }

    private static Action<HttpContext> Chain(params string[] lines) => context => context.Request.Headers[Forwarded.Chain] = lines;
}
