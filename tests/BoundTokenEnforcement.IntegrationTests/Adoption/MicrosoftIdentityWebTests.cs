using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Identity.Web;

namespace BoundTokenEnforcement.IntegrationTests.Adoption;

/// <summary>An API of the Microsoft identity platform. Its package replaces JwtBearer's events and validators.</summary>
public sealed class MicrosoftIdentityWebTests
{
    private const string Tenant = "11111111-1111-1111-1111-111111111111";
    private const string Issuer = $"https://login.test/{Tenant}/v2.0";

    [Fact]
    public async Task MicrosoftIdentityWeb_WithOneLine_EnforcesBindings()
    {
        await using var api = await AdoptedApi.StartAsync(
            static (builder, issuer) =>
            {
                builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
                {
                    ["AzureAd:Instance"] = "https://login.test/",
                    ["AzureAd:TenantId"] = Tenant,
                    ["AzureAd:ClientId"] = TestTokenIssuer.DefaultAudience,
                });
                builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddMicrosoftIdentityWebApi(builder.Configuration);

                // Its authorization server is not there: its keys and its name are those of the test.
                builder.Services.Configure<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme, options =>
                {
                    issuer.Configure(options);
                    options.TokenValidationParameters.ValidIssuer = Issuer;
                });
                builder.Services.AddAuthorization();
            },
            static app => app.MapGet("/orders", static () => "orders").RequireAuthorization());

        // The platform's names: the package refuses tokens without them.
        await api.EnforcesAsync("/orders", static claims => (claims["iss"], claims["tid"], claims["ver"], claims["scp"]) = (Issuer, Tenant, "2.0", "read"));
        Assert.Empty(api.Report.Faults);
        Assert.Empty(api.Report.Warnings);
    }
}
