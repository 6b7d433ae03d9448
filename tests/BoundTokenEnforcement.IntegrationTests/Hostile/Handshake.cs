namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>The two kinds of TLS handshake.</summary>
public enum Handshake
{
    /// <summary>Everybody proves their keys.</summary>
    Full,

    /// <summary>An earlier session goes on: the client's certificate is remembered, and its key not proven again.</summary>
    Resumed,
}
