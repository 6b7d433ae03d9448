using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement;

/// <summary>What becomes of the signing keys of the authorization servers.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(240, LogLevel.Warning, "{Scheme}: a token was neither accepted nor refused, because there are no signing keys to validate it with. {Suppressed} more were not logged.", EventName = "TokenWithoutKeys")]
    internal static partial void TokenWithoutKeys(this ILogger logger, string scheme, long suppressed);

    [LoggerMessage(241, LogLevel.Error, "{Scheme}: the signing keys could not be fetched ({Reason}) and none are cached; tokens are answered with 503.", EventName = "KeysUnavailable")]
    internal static partial void KeysUnavailable(this ILogger logger, string scheme, string reason);

    [LoggerMessage(242, LogLevel.Warning, "{Scheme}: the signing keys could not be fetched: {Reason}. Those that were fetched before stay in use, until they are too old.", EventName = "KeysNotRefreshed")]
    internal static partial void KeysNotRefreshed(this ILogger logger, string scheme, string reason);

    [LoggerMessage(243, LogLevel.Information, "{Scheme}: {Count} signing keys were fetched.", EventName = "KeysFetched")]
    internal static partial void KeysFetched(this ILogger logger, string scheme, int count);
}
