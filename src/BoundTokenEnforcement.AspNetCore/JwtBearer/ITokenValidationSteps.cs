using Microsoft.AspNetCore.Authentication;

namespace BoundTokenEnforcement;

/// <summary>What the handler wants to be asked while its base class goes through the events.</summary>
internal interface ITokenValidationSteps
{
    /// <param name="taken">The token that the application's events took from elsewhere; <see langword="null"/> for the one in the header.</param>
    /// <returns>The refusal of a token whose signature was not verified yet; <see langword="null"/> if nothing was decided.</returns>
    ValueTask<AuthenticateResult?> RefuseEarlyAsync(string? taken);

    /// <returns>What to fail with instead of <paramref name="failure"/>, if it was not the token's fault; otherwise <see langword="null"/>.</returns>
    ValueTask<Exception?> ExplainsAsync(Exception failure);
}
