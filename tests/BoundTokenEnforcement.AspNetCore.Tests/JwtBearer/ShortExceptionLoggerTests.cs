using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>P8: what JwtBearer writes of a token that it refuses is bounded, unless somebody is looking for the reason.</summary>
public sealed class ShortExceptionLoggerTests
{
    private static readonly EventId Event = new(1, "TokenValidationFailed");

    [Fact]
    public void Exception_OfTheTokenLibrary_IsToldByTypeAndCodeAlone()
    {
        var written = Write(LogLevel.Information, new InvalidOperationException("IDX10517: Signature validation failed. kid: 'written by the sender'"));

        Assert.Null(written.Exception);
        Assert.Equal("Failed. InvalidOperationException (IDX10517)", written.Message);
    }

    [Theory]
    [InlineData("kid: written by the sender")]
    [InlineData("IDX: nothing")]
    [InlineData("IDX10517 without a colon, written by the sender")]
    [InlineData("")]
    public void Exception_OfAnybodyElse_IsToldByItsTypeAlone(string message) =>
        Assert.DoesNotContain("sender", Write(LogLevel.Information, new InvalidOperationException(message)).Message, StringComparison.Ordinal);

    [Fact]
    public void Message_Long_IsCut()
    {
        Assert.Equal(301, Write(LogLevel.Information, null, new string('a', 10_000)).Message.Length);
        Assert.Equal(10_000, Write(LogLevel.Debug, null, new string('a', 10_000)).Message.Length);
    }

    [Fact]
    public void Exception_WithDebugOn_IsTold()
    {
        var exception = new InvalidOperationException("IDX10517: Signature validation failed.");

        Assert.Same(exception, Write(LogLevel.Debug, exception).Exception);
    }

    [Fact]
    public void Message_WithoutException_StaysAsItIs()
    {
        var written = Write(LogLevel.Information, null);

        Assert.Equal("Failed.", written.Message);
        Assert.Equal(Event, written.Id);
    }

    private static (string Message, Exception? Exception, EventId Id) Write(LogLevel enabled, Exception? exception, string message = "Failed.")
    {
        var sink = new Sink(enabled);
        new ShortExceptionLogger(sink).Log(LogLevel.Information, Event, message, exception, static (state, _) => state);
        return Assert.Single(sink.Written);
    }

    private sealed class Sink(LogLevel enabled) : ILogger
    {
        internal List<(string Message, Exception? Exception, EventId Id)> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= enabled;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add((formatter(state, exception), exception, eventId));
    }
}
