namespace BoundTokenEnforcement;

/// <summary>One GET of one document, without token, over a separate connection: always with today's addresses and today's certificate, and nothing is left behind.</summary>
internal sealed class MetadataTransport(
    ServerTrust trust, Transport transport, CurrentClientCertificate? certificate, TimeProvider clock)
{
    private readonly BoundedJsonFetch _fetch = new(ProtectedResourceMetadata.MaxLength, FetchLimits.Metadata.Attempt, clock);

    /// <summary>Whether the server is given a client certificate, and may reject it.</summary>
    internal bool PresentsCertificate => certificate is not null;

    /// <exception cref="BoundTokenGuardException">A rule of ours stopped it inside the sockets.</exception>
    /// <exception cref="OperationCanceledException">All attempts together took too long.</exception>
    internal async Task<JsonFetch> GetAsync(ResourceIdentifier resource, CancellationToken cancellationToken)
    {
        using var invoker = new HttpMessageInvoker(CreateHandler());
        return await _fetch.GetAsync(resource.MetadataUrl, invoker, cancellationToken).ConfigureAwait(false);
    }

    private SocketsHttpHandler CreateHandler()
    {
        var handler = TlsHandler.Create(trust, transport);

        // What is too long is not read to its end, not even to save the connection.
        handler.MaxResponseDrainSize = 0;
        if (certificate?.Get() is { } current)
        {
            // Some listeners reject connections without one. No evidence is needed here: nothing secret is sent.
            handler.SslOptions.ClientCertificateContext = current.Context;
        }

        return handler;
    }
}
