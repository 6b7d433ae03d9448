using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;

namespace BoundTokenEnforcement.IntegrationTests.Forwarding;

/// <summary>A <see cref="GuardedApi"/> that believes what one peer forwards, and connections from there and from elsewhere.</summary>
internal static class Proxied
{
    internal const string Field = "X-Client-Cert";

    /// <summary>The proxy: any loopback address is one's own, on Linux.</summary>
    internal static readonly IPAddress Proxy = IPAddress.Parse("127.0.0.2");

    /// <summary>Anybody else.</summary>
    internal static readonly IPAddress Stranger = IPAddress.Parse("127.0.0.3");

    internal static void SkipUnlessEveryLoopbackAddressIsOnesOwn() =>
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux connects from every address of 127.0.0.0/8.");

    internal static Action<BoundTokenEnforcementOptions> Trusting(params string[] proxies) => Trusting(forwarded =>
    {
        foreach (var proxy in proxies)
        {
            forwarded.TrustedProxies.Add(proxy);
        }
    });

    internal static Action<BoundTokenEnforcementOptions> Trusting(Action<ForwardedCertificateOptions> trust) => options => options.UseForwardedCertificate(forwarded =>
    {
        forwarded.Format = ForwardedCertificateFormat.Base64Der;
        trust(forwarded);
    });

    /// <summary>From where, with which certificate of one's own; one connection for each client.</summary>
    internal static HttpClient From(this GuardedApi api, IPAddress? source, Version? version = null, X509Certificate2? certificate = null) =>
        api.Host.CreateClient(new TlsClientOptions { Source = source, Certificate = certificate, AllowTlsResume = false }, version);

    /// <summary>A client without TLS over connections that the caller makes.</summary>
    internal static HttpClient Plain(Version version, Func<CancellationToken, ValueTask<Socket>> connect)
    {
        var sockets = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, cancellationToken) => new NetworkStream(await connect(cancellationToken), ownsSocket: true),
        };
        return new HttpClient(new ExactVersion(sockets, version)) { BaseAddress = new Uri("http://localhost") };
    }

    /// <summary>The same from one address to another.</summary>
    internal static HttpClient Plain(Version version, IPAddress? source, IPEndPoint target) => Plain(version, async cancellationToken =>
    {
        var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (source is not null)
        {
            socket.Bind(new IPEndPoint(source, 0));
        }

        await socket.ConnectAsync(target, cancellationToken);
        return socket;
    });

    internal static string Base64(this X509Certificate2 certificate) => Convert.ToBase64String(certificate.RawData);

    internal static Action<HttpRequestMessage> With(X509Certificate2 certificate, string field = Field) => With(field, certificate.Base64());

    internal static Action<HttpRequestMessage> With(string name, string value) => request => request.Headers.TryAddWithoutValidation(name, value);

    /// <summary>Nobody enters; 400 for this reason.</summary>
    internal static async Task TurnsAwayAsync(this GuardedApi api, Func<Task<GuardedAnswer>> send, BindingFailure because)
    {
        var before = api.Refusals.Count();

        (await send()).AssertRejected(400);

        Assert.Equal([because], api.Refusals.Skip(before));
    }

    /// <summary>T(A) from this client with this.</summary>
    internal static Task<GuardedAnswer> SendAsync(this GuardedApi api, HttpClient client, Action<HttpRequestMessage>? change = null) =>
        api.SendAsync(client, api.Issuer.BoundTo(api.A), change ?? (_ => { }));

    /// <summary>From here A is believed, and nothing else.</summary>
    internal static async Task BelievesAsync(this GuardedApi api, HttpClient client)
    {
        (await api.SendAsync(client)).AssertRefused();
        (await api.SendAsync(client, With(api.B))).AssertRefused();
        (await api.SendAsync(client, With(api.A))).AssertIn();
    }

    /// <summary>From here nothing is believed.</summary>
    internal static async Task BelievesNothingAsync(this GuardedApi api, HttpClient client)
    {
        await api.TurnsAwayAsync(() => api.SendAsync(client, With(api.A)), BindingFailure.ForwarderUntrusted);
        await api.TurnsAwayAsync(() => api.SendAsync(client, With(api.B)), BindingFailure.ForwarderUntrusted);
        (await api.SendAsync(client)).AssertRefused();
    }

    private sealed class ExactVersion(HttpMessageHandler inner, Version version) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Version = version;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
