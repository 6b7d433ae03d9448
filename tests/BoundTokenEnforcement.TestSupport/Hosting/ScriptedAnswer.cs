using System.Globalization;
using System.Text;

namespace BoundTokenEnforcement.TestSupport;

/// <summary>What a <see cref="ScriptedTlsServer"/> writes in answer to a request: exact bytes, and how they come.</summary>
public sealed class ScriptedAnswer
{
    // Long before anybody's patience ends, and without keeping a processor busy.
    private static readonly TimeSpan Drip = TimeSpan.FromMilliseconds(5);

    private readonly Func<Stream, CancellationToken, Task<bool>> _write;

    private ScriptedAnswer(Func<Stream, CancellationToken, Task<bool>> write) => _write = write;

    /// <summary>These bytes. The connection stays open for the next request.</summary>
    public static ScriptedAnswer Bytes(params byte[][] parts) => new(async (stream, cancellationToken) =>
    {
        await WriteAsync(stream, parts, cancellationToken);
        return true;
    });

    /// <summary>This text, each character as one byte.</summary>
    public static ScriptedAnswer Raw(string text) => Bytes(Encoding.Latin1.GetBytes(text));

    /// <summary>A status with an empty body and these header lines.</summary>
    public static ScriptedAnswer Status(int status, params string[] headerLines) => Body(status, [], headerLines);

    /// <summary>200 with this text in UTF-8 as <c>application/json</c>, and further header lines.</summary>
    public static ScriptedAnswer Json(string json, params string[] headerLines) =>
        Body(200, Encoding.UTF8.GetBytes(json), ["Content-Type: application/json", .. headerLines]);

    /// <summary>A status with a body, its true length, and these header lines.</summary>
    public static ScriptedAnswer Body(int status, byte[] body, params string[] headerLines)
    {
        ArgumentNullException.ThrowIfNull(body);
        return Bytes(Head(status, [$"Content-Length: {body.Length.ToString(CultureInfo.InvariantCulture)}", .. headerLines]), body);
    }

    /// <summary>The head of an answer, for scripts that go on in a way of their own.</summary>
    public static byte[] Head(int status, params string[] headerLines) =>
        Encoding.Latin1.GetBytes($"HTTP/1.1 {status.ToString(CultureInfo.InvariantCulture)} Scripted\r\n{string.Concat(headerLines.Select(static line => line + "\r\n"))}\r\n");

    /// <summary>Nothing, for ever.</summary>
    public static ScriptedAnswer Hang() => HangAfter();

    /// <summary>These bytes, and then nothing, for ever.</summary>
    public static ScriptedAnswer HangAfter(params byte[][] parts) => new(async (stream, cancellationToken) =>
    {
        await WriteAsync(stream, parts, cancellationToken);
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return false;
    });

    /// <summary>These bytes, and then the connection is reset.</summary>
    public static ScriptedAnswer CutAfter(params byte[][] parts) => new(async (stream, cancellationToken) =>
    {
        await WriteAsync(stream, parts, cancellationToken);
        return false;
    });

    /// <summary>These bytes, then <paramref name="chunk"/> again and again, as fast as they are taken, until the client closes.</summary>
    public static ScriptedAnswer Endless(byte[] start, byte[] chunk) => Repeat(start, chunk, TimeSpan.Zero);

    /// <summary>These bytes, then <paramref name="chunk"/> again and again, one every few milliseconds, until the client closes.</summary>
    public static ScriptedAnswer Trickle(byte[] start, byte[] chunk) => Repeat(start, chunk, Drip);

    /// <summary>Waits for <paramref name="gate"/>, then answers.</summary>
    public static ScriptedAnswer After(Task gate, ScriptedAnswer then) => new(async (stream, cancellationToken) =>
    {
        await gate.WaitAsync(cancellationToken);
        return await then.WriteAsync(stream, cancellationToken);
    });

    internal Task<bool> WriteAsync(Stream stream, CancellationToken cancellationToken) => _write(stream, cancellationToken);

    private static ScriptedAnswer Repeat(byte[] start, byte[] chunk, TimeSpan pause) => new(async (stream, cancellationToken) =>
    {
        await WriteAsync(stream, [start], cancellationToken);
        while (true)
        {
            await WriteAsync(stream, [chunk], cancellationToken);
            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, cancellationToken);
            }
        }
    });

    private static async Task WriteAsync(Stream stream, byte[][] parts, CancellationToken cancellationToken)
    {
        // One write: answers must not depend on how TCP happens to cut them.
        await stream.WriteAsync(parts.SelectMany(static part => part).ToArray(), cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }
}
