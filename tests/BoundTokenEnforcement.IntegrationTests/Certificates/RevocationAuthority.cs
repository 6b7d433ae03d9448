using System.Collections.Concurrent;
using System.Net;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Org.BouncyCastle.Asn1.Ocsp;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Ocsp;
using Org.BouncyCastle.Security;
using BasicOcspRespGenerator = Org.BouncyCastle.Ocsp.BasicOcspRespGenerator;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>An authority, and its lists and responder on the loopback address, which can be shut down.</summary>
internal sealed class RevocationAuthority : IAsyncDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly ConcurrentDictionary<string, DateTimeOffset> _revoked = new(StringComparer.Ordinal);
    private readonly TestCertificateAuthority _authority = new($"Test CA {Guid.NewGuid():N}", TimeProvider.System);
    private readonly WebApplication _responder;
    private int _answers;

    private RevocationAuthority()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        // The settings of a proxy lie beside the tests.
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _responder = builder.Build();
        _responder.MapGet("/crl/{any}", () => Answered(RevocationList(), "application/pkix-crl"));
        // RFC 6960 Appendix A.1: the request stands in the path.
        _responder.MapGet("/ocsp/{any}/{**request}", (string request) => Answered(Respond(Convert.FromBase64String(Uri.UnescapeDataString(request))), "application/ocsp-response"));
    }

    /// <summary>The authority's own certificate.</summary>
    internal X509Certificate2 Certificate => _authority.Certificate;

    /// <summary>How often a list or an answer was fetched.</summary>
    internal int Answers => Volatile.Read(ref _answers);

    internal static async Task<RevocationAuthority> StartAsync()
    {
        var authority = new RevocationAuthority();
        await authority._responder.StartAsync(TestContext.Current.CancellationToken);
        return authority;
    }

    /// <summary>A client certificate that says where its list is. Each has a place of its own, because the platform keeps what it fetched.</summary>
    internal X509Certificate2 IssueWithList(string name) =>
        Issue(name, CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([$"{Place}/crl/{Guid.NewGuid():N}"]));

    /// <summary>The same with a responder in place of the list.</summary>
    internal X509Certificate2 IssueWithResponder(string name) =>
        Issue(name, new X509AuthorityInformationAccessExtension([$"{Place}/ocsp/{Guid.NewGuid():N}"], null));

    internal void Revoke(X509Certificate2 certificate) => _revoked[certificate.SerialNumber] = Now.AddHours(-1);

    /// <summary>From now on nobody answers.</summary>
    internal Task ShutDownAsync() => _responder.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _responder.DisposeAsync();
        _authority.Dispose();
    }

    private string Place => _responder.Urls.First();

    private IResult Answered(byte[] content, string type)
    {
        Interlocked.Increment(ref _answers);
        return Results.Bytes(content, type);
    }

    private X509Certificate2 Issue(string name, System.Security.Cryptography.X509Certificates.X509Extension extension)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        request.CertificateExtensions.Add(extension);
        using var issued = request.Create(Certificate, Certificate.NotBefore, Certificate.NotAfter, RandomNumberGenerator.GetBytes(16));
        using var joined = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(joined.Export(X509ContentType.Pkcs12), null);
    }

    private byte[] RevocationList()
    {
        var list = new CertificateRevocationListBuilder();
        foreach (var (serial, at) in _revoked)
        {
            list.AddEntry(Convert.FromHexString(serial), at);
        }

        return list.Build(Certificate, BigInteger.One, Now.AddDays(1), HashAlgorithmName.SHA256, thisUpdate: Now.AddHours(-1));
    }

    private byte[] Respond(byte[] asked)
    {
        using var key = Certificate.GetECDsaPrivateKey()!;
        var own = new Org.BouncyCastle.X509.X509Certificate(Certificate.RawData);
        var answer = new BasicOcspRespGenerator(new RespID(own.SubjectDN));
        foreach (var one in new OcspReq(asked).GetRequestList())
        {
            var serial = Convert.ToHexString(one.GetCertID().SerialNumber.ToByteArrayUnsigned());
            var isRevoked = _revoked.Keys.Any(revoked => revoked.TrimStart('0') == serial.TrimStart('0'));
            answer.AddResponse(
                one.GetCertID(),
                isRevoked ? new RevokedStatus(Now.AddHours(-1).UtcDateTime, CrlReason.KeyCompromise) : Org.BouncyCastle.Ocsp.CertificateStatus.Good,
                Now.AddHours(-1).UtcDateTime,
                Now.AddDays(1).UtcDateTime,
                null);
        }

        var signed = answer.Generate("SHA256withECDSA", PrivateKeyFactory.CreateKey(key.ExportPkcs8PrivateKey()), null, Now.UtcDateTime);
        return new OCSPRespGenerator().Generate(OcspRespStatus.Successful, signed).GetEncoded();
    }
}
