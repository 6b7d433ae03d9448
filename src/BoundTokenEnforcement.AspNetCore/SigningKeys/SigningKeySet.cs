using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>Keys that were fetched, and when.</summary>
/// <param name="configuration">What was fetched.</param>
/// <param name="lifetime">How long it is used.</param>
/// <param name="refreshAfter">After how long it is fetched anew.</param>
/// <param name="clock">The clock.</param>
internal sealed class SigningKeySet(OpenIdConnectConfiguration configuration, TimeSpan lifetime, TimeSpan refreshAfter, TimeProvider clock)
{
    private readonly DateTimeOffset _date = clock.GetUtcNow();
    private readonly long _timestamp = clock.GetTimestamp();

    /// <summary>What was fetched, for those who would wait for it.</summary>
    internal Task<OpenIdConnectConfiguration> Configuration { get; } = Task.FromResult(configuration);

    /// <summary>The same, as the token library asks for it.</summary>
    internal Task<BaseConfiguration> BaseConfiguration { get; } = Task.FromResult<BaseConfiguration>(configuration);

    internal TimeSpan Lifetime => lifetime;

    internal TimeSpan RefreshAfter => refreshAfter;

    internal bool IsUsable => Age < lifetime;

    /// <summary>By the clock that says more: the date can be set back, and the other one may stand still while the machine sleeps.</summary>
    internal TimeSpan Age
    {
        get
        {
            var byDate = clock.GetUtcNow() - _date;
            var elapsed = clock.GetElapsedTime(_timestamp);
            return byDate > elapsed ? byDate : elapsed;
        }
    }
}
