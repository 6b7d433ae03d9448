using BoundTokenEnforcement;
using Microsoft.AspNetCore.OpenApi;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Describes certificate-bound access tokens in an OpenAPI document.</summary>
public static class BoundTokenOpenApiOptionsExtensions
{
    /// <summary>
    /// Adds the security schemes <c>Bearer</c> (an HTTP bearer JWT) and <c>MutualTls</c> (<c>mutualTLS</c>), and names them at each operation that demands an authenticated user: both where the access token must be bound
    /// to a client certificate (<see href="https://www.rfc-editor.org/rfc/rfc8705#section-3">RFC 8705 §3</see>), otherwise <c>Bearer</c> alone.
    /// </summary>
    /// <remarks>
    /// An operation demands a user by <c>RequireAuthorization</c>, <c>[Authorize]</c> or the fallback policy, and not with <c>AllowAnonymous</c>. Whether a binding is required follows from <c>BoundTokens:Requirement</c>,
    /// <c>RequireBoundToken</c> and <c>AllowUnboundToken</c>; without <c>AddBoundTokenEnforcement</c>, and in report-only mode, none is. Not looked at: schemes other than JwtBearer that a policy names, and authorization that is written in code.
    /// </remarks>
    /// <param name="options">The options of <c>AddOpenApi</c>.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    public static OpenApiOptions AddBoundTokenSecurity(this OpenApiOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.AddDocumentTransformer<DescribeSecuritySchemes>().AddOperationTransformer<DescribeOperationSecurity>();
    }
}
