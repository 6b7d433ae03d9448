using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>The resource that the tests publish.</summary>
internal static class MetadataSettings
{
    internal const string Resource = "https://api.test/t1/api";
    internal const string Target = "/.well-known/oauth-protected-resource/t1/api";
    internal const string Url = "https://api.test/.well-known/oauth-protected-resource/t1/api";
    internal const string Document =
        """{"resource":"https://api.test/t1/api","authorization_servers":["https://as.test"],"bearer_methods_supported":["header"]}""";

    internal const string EnforcedDocument =
        """{"resource":"https://api.test/t1/api","authorization_servers":["https://as.test"],"bearer_methods_supported":["header"],"tls_client_certificate_bound_access_tokens":true}""";

    internal static Action<WebApplicationBuilder> Add(Action<ProtectedResourceMetadataOptions>? configure = null) => builder =>
        builder.Services.AddProtectedResourceMetadata(options =>
        {
            options.Resource = Resource;
            options.AuthorizationServers.Add("https://as.test");
            configure?.Invoke(options);
        });
}
