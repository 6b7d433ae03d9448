using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace BoundTokenEnforcement;

/// <summary>Names at each operation what its caller must bring.</summary>
internal sealed class DescribeOperationSecurity(
    IOptionsMonitor<BoundTokenEnforcementOptions> enforcement,
    IOptionsMonitor<OpenApiOptions> openApi,
    IAuthorizationPolicyProvider? policies = null,
    IBoundTokenAudit? audit = null) : IOpenApiOperationTransformer
{
    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<IAllowAnonymous>().Any() || !await DemandsUserAsync(metadata).ConfigureAwait(false))
        {
            return;
        }

        var requirement = new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(DescribeSecuritySchemes.Bearer, context.Document)] = [] };
        if (DemandsBinding(metadata) && DescribeSecuritySchemes.CanDescribeMutualTls(openApi.Get(context.DocumentName)))
        {
            requirement[new OpenApiSecuritySchemeReference(DescribeSecuritySchemes.MutualTls, context.Document)] = [];
        }

        (operation.Security ??= []).Add(requirement);
    }

    private async Task<bool> DemandsUserAsync(IList<object> metadata) =>
        metadata.OfType<IAuthorizeData>().Any()
        || metadata.OfType<AuthorizationPolicy>().Any()
        || (policies is not null && await policies.GetFallbackPolicyAsync().ConfigureAwait(false) is not null);

    // As the decision itself reads the metadata of an endpoint.
    private bool DemandsBinding(IList<object> metadata) =>
        IsEnforced && (metadata.OfType<RequireBoundTokenAttribute>().Any()
            || (enforcement.CurrentValue.Requirement == BindingRequirement.Required && !metadata.OfType<AllowUnboundTokenAttribute>().Any()));

    // The audit is there where AddBoundTokenEnforcement was called.
    private bool IsEnforced => audit is not null && enforcement.CurrentValue.Mode == EnforcementMode.Enforce;
}
