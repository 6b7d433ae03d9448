using Microsoft.OpenApi;

namespace BoundTokenEnforcement;

/// <summary>A scheme of the type <c>mutualTLS</c> (OpenAPI 3.1 §4.8.27), which Microsoft.OpenApi 2 has no value for.</summary>
internal sealed class MutualTlsSecurityScheme : OpenApiSecurityScheme
{
    public override void SerializeAsV31(IOpenApiWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteProperty("type", "mutualTLS");
        writer.WriteProperty("description", Description);
        writer.WriteEndObject();
    }
}
