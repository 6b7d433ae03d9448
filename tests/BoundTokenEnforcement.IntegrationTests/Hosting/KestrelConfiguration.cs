using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Listeners that stand in the configuration section <c>Kestrel</c>, as in most applications.</summary>
internal static class KestrelConfiguration
{
    /// <summary>Adds settings.</summary>
    internal static void AddInMemory(this IConfigurationBuilder configuration, params (string Key, string? Value)[] settings) =>
        configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, s.Value)));

    /// <summary>For <see cref="GuardedSetup.Listen"/>: the endpoint <c>Https</c> of the configuration gets the server's certificate, and nothing else.</summary>
    internal static void WithCertificate(KestrelServerOptions options, X509Certificate2 certificate) =>
        options.ConfigurationLoader!.Endpoint("Https", endpoint => endpoint.HttpsOptions.ServerCertificate = certificate);
}
