namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>What the application did with the events of its JwtBearer.</summary>
public enum EventsWiring
{
    Untouched,
    Replaced,
    EventsType,
}
