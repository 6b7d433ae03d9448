using System.Security.Cryptography.X509Certificates;
using BoundClient;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = Host.CreateApplicationBuilder(args);
var api = builder.Configuration.GetRequiredSection("Api");

builder.Services
    .AddHttpClient<OrdersClient>(http => http.BaseAddress = new Uri(api["Resource"]!.TrimEnd('/') + "/"))
    .AddBoundTokenGuard(api, o => o.ClientCertificate = ReadCertificate(builder.Configuration.GetRequiredSection("Certificate")))
    .AddCertificateBoundTokens(builder.Configuration.GetRequiredSection("Tokens"));

builder.Services.AddHostedService(provider => new OrdersWorker(
    provider.GetRequiredService<OrdersClient>(),
    provider.GetRequiredService<IHostApplicationLifetime>(),
    args.Contains("--once") ? null : builder.Configuration.GetValue("Interval", TimeSpan.FromSeconds(10))));

await builder.Build().RunAsync();

static X509Certificate2 ReadCertificate(IConfiguration files)
{
    using var read = X509Certificate2.CreateFromPemFile(files["Path"]!, files["KeyPath"]);

    // Windows does not use keys that exist in memory only.
    return X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), password: null);
}
