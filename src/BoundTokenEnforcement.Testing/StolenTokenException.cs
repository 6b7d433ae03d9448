namespace BoundTokenEnforcement;

/// <summary>An endpoint accepts a stolen bound token, or it could not be found out whether it does.</summary>
/// <param name="message">Which endpoint, and what happened.</param>
public sealed class StolenTokenException(string message) : Exception(message);
