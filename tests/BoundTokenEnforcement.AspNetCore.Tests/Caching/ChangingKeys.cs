using BoundTokenEnforcement.TestSupport;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>The key set of an authorization server, as it was fetched the last time.</summary>
internal sealed class ChangingKeys : BaseConfigurationManager, IConfigurationManager<OpenIdConnectConfiguration>
{
    private OpenIdConnectConfiguration _current = new();

    internal ChangingKeys(params SecurityKey[] keys)
    {
        // Keys that were good an hour ago are another matter, with and without a cache.
        UseLastKnownGoodConfiguration = false;
        Publish(keys);
    }

    /// <summary>From now on these keys are valid, and no others.</summary>
    internal void Publish(params SecurityKey[] keys)
    {
        var next = new OpenIdConnectConfiguration { Issuer = TestTokenIssuer.DefaultIssuer };
        foreach (var key in keys)
        {
            next.SigningKeys.Add(key);
        }

        _current = next;
    }

    public Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel) => Task.FromResult(_current);

    public override Task<BaseConfiguration> GetBaseConfigurationAsync(CancellationToken cancel) => Task.FromResult<BaseConfiguration>(_current);

    public override void RequestRefresh()
    {
    }
}
