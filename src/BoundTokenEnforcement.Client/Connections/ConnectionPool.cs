namespace BoundTokenEnforcement;

/// <summary>Connections that all show the same certificate. Closed when it is retired and no request waits for the head of its answer any more; bodies are still read to their end.</summary>
internal sealed class ConnectionPool(HttpMessageInvoker invoker)
{
    private readonly Lock _lock = new();
    private int _users;
    private bool _isRetired;

    internal ConnectionPool Rent()
    {
        lock (_lock)
        {
            _users++;
            return this;
        }
    }

    internal void Return()
    {
        lock (_lock)
        {
            _users--;
            DisposeIfUnused();
        }
    }

    internal void Retire()
    {
        lock (_lock)
        {
            _isRetired = true;
            DisposeIfUnused();
        }
    }

    internal Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        invoker.SendAsync(request, cancellationToken);

    private void DisposeIfUnused()
    {
        if (_isRetired && _users == 0)
        {
            invoker.Dispose();
        }
    }
}
