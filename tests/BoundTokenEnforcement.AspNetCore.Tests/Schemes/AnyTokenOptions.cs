using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>How a handler of the application's own finds its user.</summary>
public sealed class AnyTokenOptions : AuthenticationSchemeOptions
{
    /// <summary>The subject for a request; <see langword="null"/> if there is nobody.</summary>
    internal Func<HttpRequest, string?> Subject { get; set; } = static request => request.Headers.Authorization.Count > 0 ? "whoever" : null;

    /// <summary>Further claims of the user.</summary>
    internal IReadOnlyList<Claim> Claims { get; set; } = [];

    /// <summary>The <c>WWW-Authenticate</c> of its challenge; none for the base class's.</summary>
    internal string? Challenge { get; set; }

    /// <summary>Where its challenge sends users; <see langword="null"/> if it does not.</summary>
    internal string? RedirectTo { get; set; }

    /// <summary>What happens to the success before it is returned.</summary>
    internal Func<HttpContext, AuthenticateResult, ValueTask<AuthenticateResult>> Finish { get; set; } = static (_, success) => ValueTask.FromResult(success);
}
