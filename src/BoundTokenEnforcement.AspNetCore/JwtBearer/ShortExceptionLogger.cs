using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement;

/// <summary>
/// Writes of an exception only its type and its code, and of a long message only the beginning, unless Debug is on. JwtBearer logs the whole exception of each token that it refuses, and
/// formatting its stack costs more than refusing the token: senders of malformed tokens should not fill the log.
/// </summary>
internal sealed class ShortExceptionLogger(ILogger inner) : ILogger
{
    private const string CodePrefix = "IDX";
    private const int LongestCode = 10;
    private const int LongestMessage = 300;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!inner.IsEnabled(logLevel))
        {
            return;
        }

        if (inner.IsEnabled(LogLevel.Debug))
        {
            inner.Log(logLevel, eventId, state, exception, formatter);
            return;
        }

        inner.Log(logLevel, eventId, state, exception: null, (told, _) => Cut(exception is null ? formatter(told, null) : $"{formatter(told, null)} {Short(exception)}"));
    }

    private static string Cut(string message) => message.Length <= LongestMessage ? message : $"{message.AsSpan(0, LongestMessage)}…";

    // Messages of the token library begin with a code. Behind it may stand what the sender of the token wrote.
    private static string Short(Exception exception)
    {
        var name = exception.GetType().Name;
        var code = exception.Message.AsSpan(0, Math.Min(LongestCode, exception.Message.Length));
        var end = code.IndexOf(':');
        return code.StartsWith(CodePrefix, StringComparison.Ordinal) && end > 0 ? $"{name} ({code[..end]})" : name;
    }
}
