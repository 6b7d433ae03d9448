using Microsoft.AspNetCore.SignalR;

namespace BoundTokenEnforcement.IntegrationTests;

[RequireBoundToken]
public sealed class DemandingHub : Hub
{
    public string Enter() => Context.ConnectionId;
}
