using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Xunit;

namespace BoundTokenEnforcement.TestSupport;

/// <summary>Keeps every log record, from Trace up, with state, scopes and exceptions.</summary>
public sealed class LogCapture : ILoggerProvider, ISupportExternalScope
{
    private const int ShortestSecretSegment = 16;
    private readonly ConcurrentQueue<CapturedLog> _records = new();
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    /// <summary>What was logged so far, in order.</summary>
    public IReadOnlyList<CapturedLog> Records => [.. _records];

    /// <summary>Forgets what was logged so far.</summary>
    public void Clear() => _records.Clear();

    /// <summary>The records of one category and below: <c>BoundTokenEnforcement</c> gives ours.</summary>
    public IReadOnlyList<CapturedLog> From(string categoryPrefix) =>
        [.. _records.Where(r => r.Category.StartsWith(categoryPrefix, StringComparison.Ordinal))];

    /// <summary>
    /// Fails if any of <paramref name="secrets"/> appears anywhere in any record, or, for a dotted secret such as a JWT, any of its
    /// segments longer than 16 characters: a segment is as bad as the whole.
    /// </summary>
    public void AssertContainsNone(params string[] secrets) => AssertContainsNoneExcept([], secrets);

    /// <summary>The same, leaving out these categories: loggers of the framework that write before any code of ours can have a say.</summary>
    public void AssertContainsNoneExcept(IReadOnlyCollection<string> categories, params string[] secrets)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        Assert.NotEmpty(_records);
        var parts = secrets
            .SelectMany(s => s.Split('.').Where(p => p.Length > ShortestSecretSegment).Append(s))
            .Where(s => s.Length > 0)
            .Distinct(StringComparer.Ordinal)
            .ToArray();
        foreach (var record in _records.Where(r => !categories.Contains(r.Category)))
        {
            var text = record.Everything;
            foreach (var part in parts)
            {
                if (text.Contains(part, StringComparison.Ordinal))
                {
                    Assert.Fail($"Logged by {record.Category} ({record.EventId}, {record.Level}): {part}\n{text}");
                }
            }
        }
    }

    /// <inheritdoc />
    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    /// <inheritdoc />
    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    /// <inheritdoc />
    public void Dispose()
    {
    }

    private sealed class Logger(LogCapture owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => owner._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var scopes = new List<string>();
            owner._scopes.ForEachScope(static (scope, list) => list.Add(Text(scope)), scopes);
            owner._records.Enqueue(new CapturedLog(
                category, logLevel, eventId, formatter(state, exception), Values(state), exception?.ToString(), scopes));
        }

        private static string Text(object? value) =>
            $"{value} {string.Join(' ', Values(value).Select(v => $"{v.Key}={v.Value}"))}";

        private static List<KeyValuePair<string, string?>> Values(object? state) =>
            state is IEnumerable<KeyValuePair<string, object?>> values
                ? [.. values.Select(v => new KeyValuePair<string, string?>(v.Key, v.Value?.ToString()))]
                : [];
    }
}
