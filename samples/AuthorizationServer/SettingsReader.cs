using System.Security.Cryptography.X509Certificates;

namespace AuthorizationServer;

/// <summary>Reads the settings when the server runs alone; <c>appsettings.json</c> shows every key.</summary>
internal static class SettingsReader
{
    public static AuthorizationServerSettings Read(IConfiguration configuration) => new()
    {
        Port = int.Parse(Required(configuration, "Port"), provider: null),
        MutualTlsPort = int.Parse(Required(configuration, "MutualTlsPort"), provider: null),
        Certificate = X509Certificate2.CreateFromPemFile(Required(configuration, "Certificate:Path"), Required(configuration, "Certificate:KeyPath")),
        Resources = [.. configuration.GetSection("Resources").GetChildren().Select(resource => resource.Value).OfType<string>()],
        Clients = [.. configuration.GetSection("Clients").GetChildren().Select(ReadClient)],
    };

    private static RegisteredClient ReadClient(IConfigurationSection client) => Required(client, "Authentication") switch
    {
        "client_secret" => new SecretClient(Required(client, "ClientId"), Required(client, "Secret")),
        "tls_client_auth" => new PkiClient(
            Required(client, "ClientId"), Required(client, "Subject"), ReadCertificate(Required(client, "AuthorityPath"))),
        "self_signed_tls_client_auth" => new SelfSignedClient(Required(client, "ClientId"), ReadCertificate(Required(client, "CertificatePath"))),
        var other => throw new InvalidOperationException($"{client.Path}:Authentication is '{other}', which is not a way to authenticate."),
    };

    private static X509Certificate2 ReadCertificate(string path) => X509CertificateLoader.LoadCertificateFromFile(path);

    private static string Required(IConfiguration configuration, string key) =>
        configuration[key] is { Length: > 0 } value ? value
            : throw new InvalidOperationException($"Set {(configuration as IConfigurationSection)?.Path}:{key}.");
}
