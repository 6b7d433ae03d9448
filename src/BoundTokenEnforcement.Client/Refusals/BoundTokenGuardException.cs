namespace BoundTokenEnforcement;

/// <summary>
/// The guard did not send the request. Deliberately no <see cref="HttpRequestException"/>: a handler that tries again whatever fails on the network must not try this again.
/// </summary>
public sealed class BoundTokenGuardException : Exception
{
    internal BoundTokenGuardException(GuardFailure failure, string message)
        : base(message) => Failure = failure;

    internal BoundTokenGuardException(GuardFailure failure, string message, Exception? innerException)
        : base(message, innerException) => Failure = failure;

    /// <summary>Why.</summary>
    public GuardFailure Failure { get; }

    /// <summary>The refusal in <paramref name="exception"/>: what is thrown inside the sockets handler arrives wrapped in another exception.</summary>
    internal static BoundTokenGuardException? In(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is BoundTokenGuardException refused)
            {
                return refused;
            }
        }

        return null;
    }
}
