using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace BoundTokenEnforcement.OpenApi.Tests;

/// <summary>The OpenAPI document says what the decision demands.</summary>
public sealed class BoundTokenSecurityTests
{
    [Fact]
    public async Task Document_Schemes_AreBearerAndMutualTls()
    {
        var document = await DocumentAsync();

        Assert.Equal(
            """{"Bearer":{"type":"http","description":"An access token (RFC 6750).","scheme":"bearer","bearerFormat":"JWT"},"MutualTls":{"type":"mutualTLS","description":"The client certificate that the access token is bound to (RFC 8705)."}}""",
            JsonSerializer.Serialize(document.GetProperty("components").GetProperty("securitySchemes")));
    }

    [Theory]
    [InlineData("/orders", """[{"Bearer":[],"MutualTls":[]}]""")]
    [InlineData("/bound", """[{"Bearer":[],"MutualTls":[]}]""")]
    [InlineData("/unbound", """[{"Bearer":[]}]""")]
    [InlineData("/open", null)]
    [InlineData("/public", null)]
    public async Task Operation_Required_NamesWhatItDemands(string path, string? expected) =>
        Assert.Equal(expected, SecurityOf(await DocumentAsync(), path));

    [Theory]
    [InlineData("/orders", """[{"Bearer":[]}]""")]
    [InlineData("/bound", """[{"Bearer":[],"MutualTls":[]}]""")]
    [InlineData("/unbound", """[{"Bearer":[]}]""")]
    public async Task Operation_WhenBound_NamesMutualTlsOnlyWhereItIsDemanded(string path, string expected) =>
        Assert.Equal(expected, SecurityOf(await DocumentAsync(requirement: BindingRequirement.WhenBound), path));

    [Fact]
    public async Task Operation_WithAFallbackPolicy_DemandsAUserUnlessItIsOpen()
    {
        var document = await DocumentAsync(configure: services => services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build()));

        Assert.Equal("""[{"Bearer":[],"MutualTls":[]}]""", SecurityOf(document, "/public"));
        Assert.Null(SecurityOf(document, "/open"));
    }

    // What is not enforced is not said.
    [Theory]
    [InlineData(true, EnforcementMode.ReportOnly)]
    [InlineData(false, EnforcementMode.Enforce)]
    public async Task Operation_WhereNothingIsEnforced_NamesNoMutualTls(bool adopted, EnforcementMode mode) =>
        Assert.Equal("""[{"Bearer":[]}]""", SecurityOf(await DocumentAsync(mode: mode, adopted: adopted), "/orders"));

    // Readers of OpenAPI 3.0 refuse a document with a type that they do not know.
    [Fact]
    public async Task Document_OfVersion30_HasNoMutualTls()
    {
        var document = await DocumentAsync(openApi: options => options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_0);

        Assert.Equal(["Bearer"], document.GetProperty("components").GetProperty("securitySchemes").EnumerateObject().Select(scheme => scheme.Name));
        Assert.Equal("""[{"Bearer":[]}]""", SecurityOf(document, "/orders"));
    }

    [Fact]
    public async Task Document_SchemeOfTheApplication_Stays()
    {
        var document = await DocumentAsync(openApi: options => options.AddDocumentTransformer((document, _, _) =>
        {
            (document.Components ??= new()).SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme> { ["Bearer"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.OpenIdConnect, OpenIdConnectUrl = new("https://login.test/") } };
            return Task.CompletedTask;
        }));

        Assert.Equal("openIdConnect", document.GetProperty("components").GetProperty("securitySchemes").GetProperty("Bearer").GetProperty("type").GetString());
        Assert.Equal("""[{"Bearer":[],"MutualTls":[]}]""", SecurityOf(document, "/orders"));
    }

    private static string? SecurityOf(JsonElement document, string path) =>
        document.GetProperty("paths").GetProperty(path).GetProperty("get").TryGetProperty("security", out var security) ? JsonSerializer.Serialize(security) : null;

    private static async Task<JsonElement> DocumentAsync(
        Action<OpenApiOptions>? openApi = null, Action<IServiceCollection>? configure = null, BindingRequirement requirement = BindingRequirement.Required,
        EnforcementMode mode = EnforcementMode.Enforce, bool adopted = true)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production", ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.WebHost.UseTestServer();
        builder.Services.AddAuthentication().AddJwtBearer();
        builder.Services.AddAuthorization();
        if (adopted)
        {
            builder.Services.AddBoundTokenEnforcement(options => (options.Requirement, options.Mode) = (requirement, mode));
        }

        builder.Services.AddOpenApi(options =>
        {
            openApi?.Invoke(options);
            options.AddBoundTokenSecurity();
        });
        configure?.Invoke(builder.Services);
        await using var app = builder.Build();
        app.MapOpenApi().AllowAnonymous();
        app.MapGet("/orders", () => "orders").RequireAuthorization();
        app.MapGet("/bound", () => "bound").RequireBoundToken();
        app.MapGet("/unbound", () => "unbound").RequireAuthorization().AllowUnboundToken();
        app.MapGet("/open", () => "open").AllowAnonymous();
        app.MapGet("/public", () => "public");
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = app.GetTestClient();
        return JsonDocument.Parse(await client.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken)).RootElement;
    }
}
