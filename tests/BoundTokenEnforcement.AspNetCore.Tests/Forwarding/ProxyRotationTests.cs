using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace BoundTokenEnforcement.AspNetCore.Tests.Forwarding;

/// <summary>The proxy gets another certificate of its own: first both are known, then the new one alone, without a restart and without a gap.</summary>
public sealed class ProxyRotationTests
{
    [Fact]
    public async Task Reload_NewCertificateOfTheProxy_OldOneOutWhenItIsGone()
    {
        using var old = TestCertificates.SelfSigned("proxy");
        using var renewed = TestCertificates.RenewedWithSameKey(old);
        var settings = new Settings(Trusting(old));
        await using var api = await Api.StartAsync(builder => ((IConfigurationBuilder)builder.Configuration).Add(settings), Api.Guarded());

        await api.AdmitsAsync(From(old));
        await api.TurnsAwayAsync(From(renewed), BindingFailure.ForwarderUntrusted);

        settings.Replace(Trusting(old, renewed));
        await api.AdmitsAsync(From(old));
        await api.AdmitsAsync(From(renewed));

        settings.Replace(Trusting(renewed));
        await api.AdmitsAsync(From(renewed));
        await api.TurnsAwayAsync(From(old), BindingFailure.ForwarderUntrusted);
    }

    private static Action<HttpContext> From(X509Certificate2 proxy) => Forwarded.Token(Forwarded.Proxy, Api.A.As(ForwardedCertificateFormat.XfccHash)) + (context => context.Connection.ClientCertificate = proxy);

    private static (string, string?)[] Trusting(params X509Certificate2[] proxies) =>
    [
        ("ForwardedCertificate:Format", "XfccHash"),
        ("ForwardedCertificate:Header", Forwarded.Field),
        .. proxies.Select((proxy, i) => ($"ForwardedCertificate:TrustedProxyThumbprints:{i}", (string?)TestCertificates.Thumbprint(proxy))),
    ];
}
