using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement;

/// <summary>The requirement of one endpoint: what is configured, tightened or relaxed by what is written at the endpoint.</summary>
internal static class EndpointRequirement
{
    internal static BindingRequirement Of(Endpoint? endpoint, BindingRequirement configured)
    {
        // No endpoint: authentication runs before routing. Nothing is relaxed then.
        if (endpoint is null)
        {
            return configured;
        }

        if (Demands(endpoint))
        {
            return BindingRequirement.Required;
        }

        return endpoint.Metadata.GetMetadata<AllowUnboundTokenAttribute>() is null ? configured : BindingRequirement.WhenBound;
    }

    internal static bool Demands(Endpoint? endpoint) => endpoint?.Metadata.GetMetadata<RequireBoundTokenAttribute>() is not null;
}
