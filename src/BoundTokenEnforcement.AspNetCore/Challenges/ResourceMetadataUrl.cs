using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement;

/// <summary>Finds the metadata URL of the resource that a request belongs to (RFC 9728 §5.1).</summary>
/// <param name="context">The request.</param>
/// <returns><see langword="null"/> if the request belongs to none.</returns>
internal delegate string? ResourceMetadataUrl(HttpContext context);
