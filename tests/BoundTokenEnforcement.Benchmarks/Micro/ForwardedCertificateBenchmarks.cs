using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BenchmarkDotNet.Attributes;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>What it costs to read a forwarded certificate that is not remembered, in each format.</summary>
[MemoryDiagnoser]
public class ForwardedCertificateBenchmarks
{
    private string _field = string.Empty;

    /// <summary>The format.</summary>
    [Params(
        ForwardedCertificateFormat.ClientCert,
        ForwardedCertificateFormat.EscapedPem,
        ForwardedCertificateFormat.Base64Der,
        ForwardedCertificateFormat.SpacedPem,
        ForwardedCertificateFormat.Xfcc)]
    public ForwardedCertificateFormat Format { get; set; }

    [GlobalSetup]
    public void Write()
    {
        using var certificate = TestCertificates.SelfSigned("client");
        _field = Write(certificate);
        if (Read() != ForwardedCertificateReading.Certificate)
        {
            throw new InvalidOperationException($"{Format} is not written as it is read.");
        }
    }

    [Benchmark]
    public ForwardedCertificateReading Read()
    {
        var reading = ForwardedCertificate.Read(Format, _field, out var certificate);
        certificate?.Dispose();
        return reading;
    }

    private string Write(X509Certificate2 certificate)
    {
        var base64 = Convert.ToBase64String(certificate.RawData);
        var pem = certificate.ExportCertificatePem();
        return Format switch
        {
            ForwardedCertificateFormat.ClientCert => $":{base64}:",
            ForwardedCertificateFormat.EscapedPem => Uri.EscapeDataString(pem + "\n"),
            ForwardedCertificateFormat.Base64Der => base64,
            ForwardedCertificateFormat.SpacedPem => pem.Replace('\n', ' ') + " ",
            _ => $"Hash={Convert.ToHexStringLower(SHA256.HashData(certificate.RawData))};Cert=\"{Uri.EscapeDataString(pem + "\n")}\";Subject=\"CN=client\"",
        };
    }
}
