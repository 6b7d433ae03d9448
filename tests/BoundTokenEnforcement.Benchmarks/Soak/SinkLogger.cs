using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>A log sink that may be full, or hang. Looks for tokens in what it is given.</summary>
internal sealed class SinkLogger(Sink sink) : ILoggerProvider, ILogger
{
    // How each compact JWT begins: {" in base64url.
    private const string TokenStart = "eyJ";

    private long _withToken;

    /// <summary>How many records held a token.</summary>
    internal long WithToken => Interlocked.Read(ref _withToken);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if ($"{formatter(state, exception)}{exception}".Contains(TokenStart, StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _withToken);
        }

        sink.Called();
    }

    public void Dispose()
    {
    }
}
