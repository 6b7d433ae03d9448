using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;
using OpenIddict.Validation.AspNetCore;

namespace BoundTokenEnforcement.IntegrationTests.Adoption;

/// <summary>OpenIddict's validation, which compares certificates itself, beside JwtBearer.</summary>
public sealed class OpenIddictValidationTests
{
    private const string Scheme = OpenIddictValidationAspNetCoreDefaults.AuthenticationScheme;

    // Only the library asks for certificates here: without showing them to the handler, it would refuse the owner too.
    [Fact]
    public async Task OpenIddict_Declared_EnforcesByItself()
    {
        await using var api = await StartAsync(options => options.VerifiesBindings(Scheme));

        await api.EnforcesAsync("/openiddict");
        await api.EnforcesAsync("/jwt");
        Assert.Empty(api.Report.Faults);
        Assert.Empty(api.Report.Warnings);
        Assert.Contains(api.Report.Schemes, scheme => scheme is { Name: Scheme, IsEnforced: true });
    }

    [Fact]
    public async Task OpenIddict_Undeclared_StopsTheHostAndNamesTheCall()
    {
        var failure = await Assert.ThrowsAsync<BoundTokenAuditException>(() => StartAsync(_ => { }));

        Assert.Equal([$"Scheme '{Scheme}' may accept access tokens, but their binding is not enforced. In AddBoundTokenEnforcement, call VerifiesBindings(\"{Scheme}\"): OpenIddict's validation compares certificates itself (tested with 7.8)."], failure.Report.Faults);
    }

    // What the documentation says of this version is so: OpenIddict itself refuses, without us.
    [Fact]
    public async Task OpenIddict_LeftAlone_ComparesCertificatesItself()
    {
        await using var api = await StartAsync(options => options.ExemptScheme(Scheme, reason: "this test"));

        foreach (var certificate in new[] { null, api.B })
        {
            Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await api.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/openiddict"), certificate, api.Issuer.BoundTo(api.A))).Status);
        }
    }

    // The application itself still sees no certificate that only we asked for.
    [Fact]
    public async Task Application_BesideOpenIddict_SeesNoCertificate()
    {
        await using var api = await StartAsync(options => options.VerifiesBindings(Scheme));
        using var client = api.Host.CreateClient(api.A);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openiddict");
        request.Headers.Authorization = new("Bearer", api.Issuer.BoundTo(api.A));

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("none", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static Task<AdoptedApi> StartAsync(Action<BoundTokenEnforcementOptions> enforcement) => AdoptedApi.StartAsync(
        static (builder, issuer) =>
        {
            builder.Services.AddAuthentication().AddJwtBearer(issuer.Configure);
            builder.Services.AddAuthorization();
            builder.Services.AddOpenIddict().AddValidation(validation =>
            {
                var configuration = new OpenIddictConfiguration { Issuer = new Uri(TestTokenIssuer.DefaultIssuer) };
                configuration.SigningKeys.Add(issuer.Key.PublicSecurityKey());
                validation.SetIssuer(TestTokenIssuer.DefaultIssuer);
                validation.SetConfiguration(configuration);
                validation.AddAudiences(TestTokenIssuer.DefaultAudience);
                validation.UseAspNetCore();
            });
        },
        static app =>
        {
            app.MapGet("/openiddict", static (HttpContext context) => context.Connection.ClientCertificate is null ? "none" : "seen")
                .RequireAuthorization(policy => policy.AddAuthenticationSchemes(Scheme).RequireAuthenticatedUser());
            app.MapGet("/jwt", static () => "in").RequireAuthorization(policy => policy.AddAuthenticationSchemes("Bearer").RequireAuthenticatedUser());
        },
        enforcement);
}
