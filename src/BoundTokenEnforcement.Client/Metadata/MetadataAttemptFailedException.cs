namespace BoundTokenEnforcement;

/// <summary>An attempt failed in a way that may pass: nothing was learnt. Tried again a few times, and never seen outside.</summary>
internal sealed class MetadataAttemptFailedException(string message, Exception? innerException = null) : Exception(message, innerException);
