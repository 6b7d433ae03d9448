using System.Net;

namespace BoundTokenEnforcement;

/// <summary>
/// Settings of a guarded client's connections that cannot weaken the guard. The properties are those of <see cref="SocketsHttpHandler"/> with the same names; redirects, cookies, session
/// resumption, callbacks and TLS settings are not among them.
/// </summary>
public sealed class GuardedConnectionOptions
{
    /// <summary>The time for one connection: address, TCP, proxy and TLS handshake together.</summary>
    /// <value>Default: 10 seconds. Positive.</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection is used before it is replaced, which is when changes of DNS are noticed.</summary>
    /// <value>Default: 5 minutes. Positive, at most 1 day.</value>
    public TimeSpan PooledConnectionLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a connection without requests is kept.</summary>
    /// <value>Default: 1 minute. Positive, at most 1 day.</value>
    public TimeSpan PooledConnectionIdleTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How many connections there may be to one server.</summary>
    /// <value>Default: <see cref="int.MaxValue"/>. Positive.</value>
    public int MaxConnectionsPerServer { get; set; } = int.MaxValue;

    /// <summary>Whether a further HTTP/2 connection is opened when all streams of the first are in use.</summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool EnableMultipleHttp2Connections { get; set; }

    /// <summary>After how long without traffic an HTTP/2 connection is tested with a ping.</summary>
    /// <value>Default: <see cref="Timeout.InfiniteTimeSpan"/>, never. Otherwise at least 1 second.</value>
    public TimeSpan KeepAlivePingDelay { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>How long the answer to such a ping may take.</summary>
    /// <value>Default: 20 seconds. At least 1 second.</value>
    public TimeSpan KeepAlivePingTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Whether pings are sent always or only while there are requests.</summary>
    /// <value>Default: <see cref="HttpKeepAlivePingPolicy.Always"/>.</value>
    public HttpKeepAlivePingPolicy KeepAlivePingPolicy { get; set; } = HttpKeepAlivePingPolicy.Always;

    /// <summary>The greatest length of an answer's header fields together, in units of 1,024 bytes.</summary>
    /// <value>Default: 32. From 1 to 1,024.</value>
    public int MaxResponseHeadersLength { get; set; } = 32;

    /// <summary>Which content codings are requested from the resource and decoded. Metadata is never requested in compressed form.</summary>
    /// <value>Default: <see cref="DecompressionMethods.None"/>.</value>
    public DecompressionMethods AutomaticDecompression { get; set; } = DecompressionMethods.None;

    /// <summary>
    /// An HTTP proxy through which all connections of this client are made, by CONNECT (<see href="https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6">RFC 9110 §9.3.6</see>). TLS still ends at
    /// the server, so certificates and evidence are what they are without a proxy. The proxy resolves names: not checked is then which address a name leads to, only an address that the URL itself names.
    /// Of <see cref="IWebProxy.Credentials"/> only Basic is used.
    /// </summary>
    /// <value>Default: none. Proxies of the environment and of the system are not used.</value>
    public IWebProxy? Proxy { get; set; }

    internal IEnumerable<string> Faults()
    {
        foreach (var (name, value) in new[] { (nameof(ConnectTimeout), ConnectTimeout), (nameof(PooledConnectionLifetime), PooledConnectionLifetime), (nameof(PooledConnectionIdleTimeout), PooledConnectionIdleTimeout) })
        {
            if (value <= TimeSpan.Zero || value > TimeSpan.FromDays(1))
            {
                yield return $"Connections.{name} must be positive and at most 1 day.";
            }
        }

        if (Proxy is WebProxy fixedProxy && fixedProxy.Address is not { IsAbsoluteUri: true, Scheme: "http" or "https", UserInfo: "" })
        {
            yield return $"Connections.{nameof(Proxy)} must be an absolute http or https URL without user information; credentials belong into {nameof(IWebProxy.Credentials)}.";
        }

        if (MaxConnectionsPerServer < 1)
        {
            yield return $"Connections.{nameof(MaxConnectionsPerServer)} must be positive.";
        }

        if (KeepAlivePingDelay != Timeout.InfiniteTimeSpan && KeepAlivePingDelay < TimeSpan.FromSeconds(1))
        {
            yield return $"Connections.{nameof(KeepAlivePingDelay)} must be at least 1 second, or infinite.";
        }

        if (KeepAlivePingTimeout < TimeSpan.FromSeconds(1) || KeepAlivePingTimeout > TimeSpan.FromDays(1))
        {
            yield return $"Connections.{nameof(KeepAlivePingTimeout)} must lie between 1 second and 1 day.";
        }

        if (!Enum.IsDefined(KeepAlivePingPolicy))
        {
            yield return $"Connections.{nameof(KeepAlivePingPolicy)} is not one of the known policies.";
        }

        if (MaxResponseHeadersLength is < 1 or > 1024)
        {
            yield return $"Connections.{nameof(MaxResponseHeadersLength)} must lie between 1 and 1024.";
        }
    }

    internal GuardedConnectionOptions Copy() => (GuardedConnectionOptions)MemberwiseClone();

    internal void ApplyTo(SocketsHttpHandler handler)
    {
        handler.ConnectTimeout = ConnectTimeout;
        handler.PooledConnectionLifetime = PooledConnectionLifetime;
        handler.PooledConnectionIdleTimeout = PooledConnectionIdleTimeout;
        handler.MaxConnectionsPerServer = MaxConnectionsPerServer;
        handler.EnableMultipleHttp2Connections = EnableMultipleHttp2Connections;
        handler.KeepAlivePingDelay = KeepAlivePingDelay;
        handler.KeepAlivePingTimeout = KeepAlivePingTimeout;
        handler.KeepAlivePingPolicy = KeepAlivePingPolicy;
        handler.MaxResponseHeadersLength = MaxResponseHeadersLength;
        handler.AutomaticDecompression = AutomaticDecompression;
    }
}
