namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>The ways into an application.</summary>
public enum EntranceKind
{
    MinimalApi,
    Controller,
    SignalR,
    Grpc,
}
