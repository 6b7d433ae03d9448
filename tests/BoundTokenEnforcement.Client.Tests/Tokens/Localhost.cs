using System.Net;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace BoundTokenEnforcement.Client.Tests;

/// <summary>Servers of one private authority on loopback, and the trust that a client needs to call them.</summary>
internal static class Localhost
{
    private static readonly TestCertificateAuthority Authority = new();

    public static X509Certificate2 ServerCertificate { get; } = Authority.IssueServer();

    public static X509ChainPolicy Trust() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        CustomTrustStore = { Authority.Certificate },
    };

    public static Task<TlsApiHost> StartAsync(ClientCertificateMode mode, RequestDelegate answer) => TlsApiHost.StartAsync(
        _ => { },
        app => app.Run(answer),
        (kestrel, _) => kestrel.Listen(IPAddress.Loopback, 0, listener =>
        {
            listener.Protocols = HttpProtocols.Http1AndHttp2;
            listener.UseHttps(https =>
            {
                https.ServerCertificate = ServerCertificate;
                https.ClientCertificateMode = mode;
                https.ClientCertificateValidation = (_, _, _) => true;
            });
        }));
}
