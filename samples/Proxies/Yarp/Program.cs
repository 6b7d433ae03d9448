using Microsoft.AspNetCore.Server.Kestrel.Https;
using Yarp.ReverseProxy.Transforms;

// TLS ends here. The client's certificate goes to the API as Client-Cert (RFC 9440):
//   BoundTokens:ForwardedCertificate:Format = ClientCert
var builder = WebApplication.CreateBuilder(args);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https =>
{
    // Asks for a certificate and demands none; the handshake proves that the client has the key.
    https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
    // No issuer is checked, so that self-signed certificates work (RFC 8705 §2.2): the API compares the certificate with the one that the
    // token names. Without this line, certificates must come from an authority that this machine trusts.
    https.AllowAnyClientCertificate();
}));
builder.Services.AddReverseProxy()
    .LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"))
    .AddTransforms(route => route.AddRequestTransform(Forward));

var app = builder.Build();
app.MapReverseProxy();
app.Run();

static ValueTask Forward(RequestTransformContext context)
{
    // What clients sent goes, whether or not there is a certificate (RFC 9440 §2.4).
    foreach (var name in new[] { "Client-Cert", "Client-Cert-Chain", "Client_Cert", "Client_Cert_Chain" })
    {
        context.ProxyRequest.Headers.Remove(name);
    }

    if (context.HttpContext.Connection.ClientCertificate is { } certificate)
    {
        context.ProxyRequest.Headers.Add("Client-Cert", $":{Convert.ToBase64String(certificate.RawData)}:");
    }

    return ValueTask.CompletedTask;
}
