namespace Demo;

/// <summary>The Demo could not be set up. <see cref="PortWasTaken"/> says that another try may succeed.</summary>
internal sealed class DemoFailedException(string message, bool portWasTaken = false, Exception? inner = null) : Exception(message, inner)
{
    public bool PortWasTaken { get; } = portWasTaken;
}
