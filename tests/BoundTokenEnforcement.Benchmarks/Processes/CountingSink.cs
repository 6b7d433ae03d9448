using System.Text;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>A log sink that formats everything, as one that writes would, and keeps no more than how much it was.</summary>
internal sealed class CountingSink : ILoggerProvider, ILogger
{
    private long _bytes;
    private long _records;

    internal long Bytes => Interlocked.Read(ref _bytes);

    internal long Records => Interlocked.Read(ref _records);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var text = formatter(state, exception);
        Interlocked.Add(ref _bytes, Encoding.UTF8.GetByteCount(text) + (exception is null ? 0 : Encoding.UTF8.GetByteCount(exception.ToString())));
        Interlocked.Increment(ref _records);
    }

    public void Dispose()
    {
    }
}
