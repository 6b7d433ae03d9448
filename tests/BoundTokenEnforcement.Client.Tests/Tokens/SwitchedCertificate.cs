using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement.Client.Tests;

/// <summary>A provider whose certificate the test changes.</summary>
internal sealed class SwitchedCertificate(X509Certificate2 first) : IClientCertificateProvider
{
    private volatile X509Certificate2 _current = first;

    public X509Certificate2 Current
    {
        get => _current;
        set => _current = value;
    }
}
