using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;

namespace BoundTokenEnforcement.IntegrationTests;

[Authorize]
public sealed class MixedHub : Hub
{
    public string Open() => Context.ConnectionId;

    [RequireBoundToken]
    public string Demanding() => Context.ConnectionId;
}
