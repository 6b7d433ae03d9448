namespace BoundTokenEnforcement;

/// <summary>One pool of connections for each client certificate, so that no token ever travels beside another certificate than its own.</summary>
internal sealed class GuardedConnections(ServerTrust trust, Transport transport, GuardedConnectionOptions options) : IDisposable
{
    /// <summary>Pools of replaced certificates are kept for requests that are on their way.</summary>
    private const int MostPools = 4;

    private readonly Lock _lock = new();
    private readonly List<(CertificateThumbprint Thumbprint, ConnectionPool Pool)> _pools = [];
    private bool _isDisposed;

    /// <summary>The pool for <paramref name="certificate"/>. Return it when the head of the answer is there.</summary>
    internal ConnectionPool Rent(ClientCertificate certificate)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            foreach (var (thumbprint, known) in _pools)
            {
                if (thumbprint == certificate.Thumbprint)
                {
                    return known.Rent();
                }
            }

            if (_pools.Count == MostPools)
            {
                _pools[0].Pool.Retire();
                _pools.RemoveAt(0);
            }

            var pool = new ConnectionPool(new HttpMessageInvoker(CreateHandler(certificate)));
            _pools.Add((certificate.Thumbprint, pool));
            return pool.Rent();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _pools.ForEach(static entry => entry.Pool.Retire());
            _pools.Clear();
        }
    }

    private SocketsHttpHandler CreateHandler(ClientCertificate certificate)
    {
        var handler = TlsHandler.Create(trust, transport);
        options.ApplyTo(handler);
        handler.ConnectCallback = new GuardedTls(certificate, trust, transport).ConnectAsync;
        return handler;
    }
}
