using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Certificate;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement.AspNetCore.Tests.Certificates;

/// <summary>What the application configured of AddCertificate() is in force with a forwarded chain as without one.</summary>
public sealed class ForwardedChainOptionsTests
{
    // A property that a later version adds, and that is not passed on, makes this red.
    [Fact]
    public void Get_EveryProperty_IsTheConfiguredOne()
    {
        var configured = new CertificateAuthenticationOptions();
        foreach (var property in Properties())
        {
            property.SetValue(configured, Another(property, property.GetValue(configured)));
        }

        var options = new ForwardedChainOptions(new Configured(configured), []).Get("any");

        Assert.NotSame(configured, options);
        Assert.All(Properties().Where(property => property.Name != nameof(configured.AdditionalChainCertificates)), property =>
        {
            Assert.Equal(property.GetValue(configured), property.GetValue(options));
            Assert.NotEqual(property.GetValue(new CertificateAuthenticationOptions()), property.GetValue(options));
        });
    }

    [Fact]
    public void Get_ChainOfTheRequest_IsAddedForThisRequestOnly()
    {
        var configured = new CertificateAuthenticationOptions();
        configured.AdditionalChainCertificates.Add(Api.A);
        var roots = configured.CustomTrustStore.Count;

        var options = new ForwardedChainOptions(new Configured(configured), [Api.B]).Get("any");

        Assert.Equal([Api.A, Api.B], options.AdditionalChainCertificates);
        Assert.Equal([Api.A], configured.AdditionalChainCertificates);
        Assert.Equal(roots, options.CustomTrustStore.Count);
    }

    private static IEnumerable<PropertyInfo> Properties() => typeof(CertificateAuthenticationOptions).GetProperties()
        .Where(property => property.CanWrite && property.DeclaringType != typeof(object))
        .DistinctBy(property => property.Name);

    private static object? Another(PropertyInfo property, object? value) => value switch
    {
        bool flag => !flag,
        X509Certificate2Collection => new X509Certificate2Collection(Api.A),
        CertificateTypes => CertificateTypes.SelfSigned,
        X509ChainTrustMode => X509ChainTrustMode.CustomRootTrust,
        X509RevocationFlag => X509RevocationFlag.EndCertificateOnly,
        X509RevocationMode => X509RevocationMode.Offline,
        _ when property.PropertyType == typeof(string) => property.Name,
        _ when property.PropertyType == typeof(Type) => typeof(string),
        _ when property.PropertyType == typeof(TimeProvider) => new OwnClock(),
        _ when property.Name == nameof(AuthenticationSchemeOptions.Events) => new CertificateAuthenticationEvents(),
        _ when property.PropertyType == typeof(Func<Microsoft.AspNetCore.Http.HttpContext, string?>) => (Func<Microsoft.AspNetCore.Http.HttpContext, string?>)(_ => null),
        _ => throw new NotSupportedException(property.Name),
    };

    private sealed class OwnClock : TimeProvider;

    private sealed class Configured(CertificateAuthenticationOptions options) : IOptionsMonitor<CertificateAuthenticationOptions>
    {
        public CertificateAuthenticationOptions CurrentValue => options;

        public CertificateAuthenticationOptions Get(string? name) => options;

        public IDisposable? OnChange(Action<CertificateAuthenticationOptions, string?> listener) => null;
    }
}
