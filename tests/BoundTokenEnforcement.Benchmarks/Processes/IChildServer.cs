namespace BoundTokenEnforcement.Benchmarks;

/// <summary>A server that runs in a process of its own and is told what to do over a pipe.</summary>
internal interface IChildServer : IAsyncDisposable
{
    /// <summary>The port on the IPv4 loopback address.</summary>
    int Port { get; }

    /// <summary>Ends when the server was told to stop, by a signal for example, and has stopped.</summary>
    Task Stopped { get; }

    /// <summary>Does what it is told.</summary>
    void Do(ChildCommand command);

    /// <summary>What the process has used so far.</summary>
    ServerReading Read();
}
