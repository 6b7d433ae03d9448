using System.Net.Security;

namespace BoundTokenEnforcement;

/// <summary>
/// Looks at each new connection before a byte of a request is written to it: only a server that asked for our certificate in this very
/// handshake, and got it, can check a binding.
/// </summary>
internal static class ConnectionEvidence
{
    /// <exception cref="BoundTokenRefusedException">The certificate was not asked for, or not used.</exception>
    internal static ValueTask<Stream> RequireAsync(SocketsHttpPlaintextStreamFilterContext context, ClientCertificate certificate)
    {
        // Without session resumption (which is off) this is true exactly if the server asked and our certificate was used. The callback
        // that selects a certificate proves nothing: it also runs if nobody asked.
        if (context.PlaintextStream is SslStream { IsMutuallyAuthenticated: true, LocalCertificate: { } used }
            && used.GetRawCertData().AsSpan().SequenceEqual(certificate.Certificate.RawDataMemory.Span))
        {
            return ValueTask.FromResult(context.PlaintextStream);
        }

        throw new BoundTokenRefusedException(
            GuardRefusal.CertificateNotRequested,
            $"'{context.InitialRequestMessage.RequestUri?.Authority}' did not ask for the client certificate in this handshake, so it cannot check the binding of a token.");
    }
}
