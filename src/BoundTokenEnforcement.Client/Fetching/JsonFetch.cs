namespace BoundTokenEnforcement;

/// <summary>What a fetch brought: a body that claims to be JSON and was not looked into, or a fault.</summary>
/// <param name="Fault">Why there is no body; <see langword="null"/> for an answer with status 200.</param>
/// <param name="Status">The status; 0 if there was no answer.</param>
/// <param name="Body">
/// The body. Beside a fault it is empty, except for 400 and 401: there OAuth puts its error code (RFC 6749 §5.2), and it is within the same limits.
/// </param>
/// <param name="Freshness">For how long the server lets an answer with status 200 be kept. Not above zero: it should not be kept.</param>
/// <param name="Cause">The exception behind <see cref="FetchFault.Unreachable"/>.</param>
/// <param name="Detail">What is wrong, if the fault alone does not say it.</param>
internal readonly record struct JsonFetch(
    FetchFault? Fault, int Status, byte[] Body, TimeSpan Freshness = default, Exception? Cause = null, string? Detail = null)
{
    /// <summary>Whether the same request may succeed a moment later.</summary>
    internal bool IsTransient =>
        Fault is FetchFault.TimedOut or FetchFault.ServerFailing || (Fault is FetchFault.Unreachable && (Cause is null || ConnectionProblem.MayPass(Cause)));

    internal static JsonFetch Failed(FetchFault fault) => new(fault, 0, []);

    /// <summary>The fault in words, for a message. Nothing in it comes from the other side but the status.</summary>
    internal string Describe() => Fault switch
    {
        FetchFault.Unreachable when Cause is not null => ConnectionProblem.Describe(Cause),
        FetchFault.Unreachable => "it could not be reached, or the answer broke off",
        FetchFault.TimedOut => "it did not answer in time",
        FetchFault.ServerFailing => $"it answered {Status}",
        FetchFault.Redirected => $"it answered {Status}, and redirects are not followed",
        FetchFault.StatusNotOk => $"it answered {Status}",
        FetchFault.NotJson => Detail ?? "its answer is not application/json in UTF-8",
        FetchFault.TooLarge => "its answer is too large",
        FetchFault.NotTried => "it failed too often just now and is not tried for a while",
        _ => "it answered",
    };
}
