namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Ways to authenticate a bearer token that are not simply <c>AddJwtBearer</c>.</summary>
public enum SchemeWiring
{
    /// <summary>The ordinary one, for comparison.</summary>
    JwtBearer,

    /// <summary>A policy scheme that forwards to the ordinary one.</summary>
    PolicyScheme,

    /// <summary>The ordinary one, but its <c>ForwardAuthenticate</c> leads to the handler that believes everything.</summary>
    ForwardAuthenticate,

    /// <summary>A subclass of <c>JwtBearerHandler</c> that the application wrote.</summary>
    OwnSubclass,

    /// <summary>A handler that the application wrote, and that accepts any token.</summary>
    HandWritten,

    /// <summary>JwtBearer, added through the scheme provider once the application runs.</summary>
    AddedAtRunTime,

    /// <summary>A middleware of the application that authenticates by itself and sets the user.</summary>
    HandMadeCall,
}
