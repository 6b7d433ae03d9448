using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace BoundTokenEnforcement;

/// <summary>Adds the two schemes to the document. A scheme that the application describes under the same name stays.</summary>
internal sealed class DescribeSecuritySchemes(IOptionsMonitor<OpenApiOptions> options) : IOpenApiDocumentTransformer
{
    internal const string Bearer = "Bearer";

    internal const string MutualTls = "MutualTls";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Components ??= new OpenApiComponents();
        var schemes = document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
        schemes.TryAdd(Bearer, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT",
            Description = "An access token (RFC 6750).",
        });

        if (CanDescribeMutualTls(options.Get(context.DocumentName)))
        {
            schemes.TryAdd(MutualTls, new MutualTlsSecurityScheme { Description = "The client certificate that the access token is bound to (RFC 8705)." });
        }

        return Task.CompletedTask;
    }

    /// <summary>OpenAPI 2.0 and 3.0 have no type for it, and their readers refuse unknown ones.</summary>
    internal static bool CanDescribeMutualTls(OpenApiOptions options) => options.OpenApiVersion is not (OpenApiSpecVersion.OpenApi2_0 or OpenApiSpecVersion.OpenApi3_0);
}
