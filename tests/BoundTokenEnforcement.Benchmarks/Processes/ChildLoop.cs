using System.Text.Json;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>The child's end of the pipe.</summary>
internal static class ChildLoop
{
    internal static async Task<int> RunAsync<TSetup>(Func<TSetup, Task<IChildServer>> start)
    {
        // Whatever else writes to the console must not get into the pipe.
        var output = Console.Out;
        Console.SetOut(Console.Error);
        using var input = new StreamReader(Console.OpenStandardInput());
        await using var server = await start(JsonSerializer.Deserialize<TSetup>((await input.ReadLineAsync())!)!);
        await output.WriteLineAsync(JsonSerializer.Serialize(server.Port));

        // A thread of its own: it must answer even while the thread pool does not.
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Answer(server, input, output, closed)) { IsBackground = true, Name = "Pipe" }.Start();
        if (await Task.WhenAny(server.Stopped, closed.Task) == server.Stopped)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(server.Read()));
        }

        return 0;
    }

    private static void Answer(IChildServer server, StreamReader input, TextWriter output, TaskCompletionSource closed)
    {
        try
        {
            while (input.ReadLine() is { } line)
            {
                var command = JsonSerializer.Deserialize<ChildCommand>(line)!;
                if (command.Name == ChildCommand.Collect)
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                    GC.Collect();
                }
                else if (command.Name != ChildCommand.Read)
                {
                    server.Do(command);
                }

                output.WriteLine(JsonSerializer.Serialize(server.Read()));
            }

            closed.TrySetResult();
        }
#pragma warning disable CA1031 // Handed on: without it the process would end without a word.
        catch (Exception e)
#pragma warning restore CA1031
        {
            closed.TrySetException(e);
        }
    }
}
