using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement;

/// <summary>What is published about this API, and what is not.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(220, LogLevel.Warning, "The metadata of {Resource} does not say that bound tokens are enforced: {Reason}.", EventName = "BoundTokensNotAdvertised")]
    internal static partial void BoundTokensNotAdvertised(this ILogger logger, string resource, string reason);

    [LoggerMessage(221, LogLevel.Warning, "{Option} is given with language tags only. Give it once without (RFC 9728 §2.1).", EventName = "OnlyTaggedValues")]
    internal static partial void OnlyTaggedValues(this ILogger logger, string option);
}
