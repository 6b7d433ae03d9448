namespace BoundTokenEnforcement;

/// <summary>What to say when a server that was given the client certificate answers 400 or closes the connection: it does not say why.</summary>
internal static class RejectedCertificate
{
    internal const string Advice =
        "If the server rejected the client certificate: it must trust the certificate's issuer. If it trusts only the root, add the certificates in between to ClientCertificateChain.";
}
