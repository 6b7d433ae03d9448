using Microsoft.AspNetCore.SignalR;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Entered as soon as a connection stands, before any method is called.</summary>
public sealed class EntranceHub(IServiceProvider services) : Hub
{
    public override Task OnConnectedAsync()
    {
        Entrances.Enter(services, Context.GetHttpContext()!);
        return Task.CompletedTask;
    }

    public string Enter() => Context.ConnectionId;
}
