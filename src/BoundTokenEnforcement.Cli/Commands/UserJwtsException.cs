namespace BoundTokenEnforcement;

/// <summary><c>dotnet user-jwts</c> did not do what it was asked to.</summary>
/// <param name="message">What it printed.</param>
internal sealed class UserJwtsException(string message) : Exception(message);
