using System.Text;

namespace BoundTokenEnforcement.Tests;

/// <summary>Payloads as text, so that a test can write what no serializer would.</summary>
internal static class Payload
{
    internal static byte[] BoundTo(string thumbprint) => WithConfirmation($$"""{"x5t#S256":"{{thumbprint}}"}""");

    internal static byte[] WithConfirmation(string cnf) => Encoding.UTF8.GetBytes($$$"""{"sub":"alice","cnf":{{{cnf}}}}""");

    /// <summary>The payload of a token bound to certificate A, with these members in front.</summary>
    internal static byte[] WithMembers(string members) =>
        Encoding.UTF8.GetBytes($$$"""{{{{members}}},"cnf":{"x5t#S256":"{{{PublishedCertificates.A.Thumbprint}}}"}}""");
}
