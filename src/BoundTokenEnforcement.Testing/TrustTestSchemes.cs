using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>Leaves the test schemes alone, whose handlers make up users.</summary>
/// <remarks>It does not ask for the server, as <see cref="AcceptMintedTokens"/> does: Kestrel's own options are made from these, so that asking would never end.</remarks>
internal sealed class TrustTestSchemes(string[] schemes) : IConfigureOptions<BoundTokenEnforcementOptions>
{
    public void Configure(BoundTokenEnforcementOptions options)
    {
        foreach (var scheme in schemes)
        {
            options.ExemptScheme(scheme, reason: "its users are made up by the test suite");
        }
    }
}
