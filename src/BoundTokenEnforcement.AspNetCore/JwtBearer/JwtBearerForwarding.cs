using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>Whether a scheme answers itself. Any scheme can be configured to forward; only JwtBearer's settings are known here.</summary>
internal sealed class JwtBearerForwarding(IOptionsMonitor<JwtBearerOptions> options)
{
    internal bool MayForward(AuthenticationScheme scheme) =>
        scheme.HandlerType != typeof(BoundJwtBearerHandler)
        || options.Get(scheme.Name) is not { ForwardAuthenticate: null, ForwardDefault: null, ForwardDefaultSelector: null };
}
