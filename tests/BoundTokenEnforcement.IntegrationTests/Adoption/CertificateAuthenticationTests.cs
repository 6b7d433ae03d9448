using System.Net;
using Microsoft.AspNetCore.Authentication.Certificate;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.IntegrationTests.Adoption;

/// <summary>AddCertificate() beside JwtBearer, with and without a part in the decision.</summary>
public sealed class CertificateAuthenticationTests
{
    [Fact]
    public async Task AddCertificate_WithoutAPart_IsAWarning()
    {
        await using var api = await StartAsync(CertificateTypes.Chained);

        await api.EnforcesAsync("/orders");
        Assert.Equal(
            ["Scheme 'Certificate' (AddCertificate) has no part in the decision about bound tokens: its chain, revocation and usage rules are not applied to their certificates. Set CertificateAuthenticationScheme = \"Certificate\" to apply them."],
            api.Report.Warnings);
    }

    [Theory]
    [InlineData(CertificateTypes.SelfSigned, HttpStatusCode.OK)]
    [InlineData(CertificateTypes.Chained, HttpStatusCode.Unauthorized)]
    public async Task AddCertificate_Named_ItsRulesApply(CertificateTypes allowed, HttpStatusCode expected)
    {
        await using var api = await StartAsync(allowed, options => options.CertificateAuthenticationScheme = CertificateAuthenticationDefaults.AuthenticationScheme);

        Assert.Equal(expected, (await api.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/orders"), api.A, api.Issuer.BoundTo(api.A))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/orders"), api.B, api.Issuer.BoundTo(api.A))).Status);
        Assert.Empty(api.Report.Warnings);
    }

    private static Task<AdoptedApi> StartAsync(CertificateTypes allowed, Action<BoundTokenEnforcementOptions>? enforcement = null) => AdoptedApi.StartAsync(
        (builder, issuer) =>
        {
            builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(issuer.Configure).AddCertificate(options =>
            {
                options.AllowedCertificateTypes = allowed;
                options.RevocationMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck;
                options.ValidateCertificateUse = false;
            }).AddCertificateCache();
            builder.Services.AddAuthorization();
        },
        static app => app.MapGet("/orders", static () => "orders").RequireAuthorization(),
        enforcement);
}
