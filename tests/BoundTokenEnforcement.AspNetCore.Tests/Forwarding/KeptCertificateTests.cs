using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests.Forwarding;

/// <summary>The application's certificate scheme, or an event of it, keeps the certificate that it was shown, as it may with the connection's.</summary>
public sealed class KeptCertificateTests
{
    [Fact]
    public async Task Certificate_KeptByTheScheme_LastsAsLongAsTheRequest()
    {
        X509Certificate2? kept = null;
        var seen = string.Empty;
        await using var api = await Api.StartAsync(
            [
                Api.Guarded(enforcement: options =>
                {
                    options.CertificateAuthenticationScheme = "certificates";
                    options.ExemptScheme("certificates", "it judges certificates");
                    options.UseForwardedCertificate(f =>
                    {
                        f.Format = ForwardedCertificateFormat.ClientCert;
                        f.TrustedProxies.Add("10.1.2.3");
                    });
                }),
                builder => builder.Services.AddAuthentication("Bearer").AddScheme<AnyTokenOptions, AnyTokenHandler>("certificates", options =>
                    options.Subject = request => (kept = request.HttpContext.Connection.ClientCertificate)?.Subject),
            ],
            (api, app) => app.MapGet("/", (HttpContext _) => seen = Convert.ToBase64String(kept!.RawData)).RequireAuthorization());

        var answer = await api.SendAsync("/", context =>
        {
            context.Connection.RemoteIpAddress = IPAddress.Parse("10.1.2.3");
            context.Request.Headers.Authorization = $"Bearer {Api.Issuer.BoundTo(Api.A)}";
            context.Request.Headers["Client-Cert"] = $":{Convert.ToBase64String(Api.A.RawData)}:";
        });

        Assert.Equal((200, Convert.ToBase64String(Api.A.RawData)), (answer.Status, seen));
        // And no longer.
        Assert.Equal(IntPtr.Zero, kept!.Handle);
    }
}
