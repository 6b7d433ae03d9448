using System.ComponentModel;
using System.Net;
using System.Net.Http.Json;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.AspNetCore.Authentication;
using ModelContextProtocol.Authentication;
using ModelContextProtocol.Server;

namespace BoundTokenEnforcement.IntegrationTests.Adoption;

/// <summary>An MCP server, protected as its SDK documents it: JwtBearer authenticates, MCP's scheme challenges.</summary>
public sealed class McpServerTests
{
    private static Func<HttpRequestMessage> Initialize { get; } = static () => new HttpRequestMessage(HttpMethod.Post, "/mcp")
    {
        Headers = { { "Accept", "application/json, text/event-stream" } },
        Content = JsonContent.Create(new
        {
            jsonrpc = "2.0",
            id = 1,
            method = "initialize",
            @params = new { protocolVersion = "2025-06-18", capabilities = new { }, clientInfo = new { name = "test", version = "1" } },
        }),
    };

    [Fact]
    public async Task Mcp_WithOneLine_EnforcesBindings()
    {
        await using var api = await StartAsync();

        await api.EnforcesAsync(Initialize);
        Assert.Empty(api.Report.Faults);
        Assert.Empty(api.Report.Warnings);
        Assert.Contains((McpAuthenticationDefaults.AuthenticationScheme, true, "accepts no access tokens"), api.Report.Schemes.Select(static scheme => (scheme.Name, scheme.IsEnforced, scheme.Treatment)));
    }

    // MCP clients find the authorization server by this parameter, whether they sent no token or a stolen one.
    [Fact]
    public async Task Challenge_OfMcp_IsKept()
    {
        await using var api = await StartAsync();

        var (_, nobody) = await api.SendAsync(Initialize(), null, null);
        var (status, thief) = await api.SendAsync(Initialize(), api.B, api.Issuer.BoundTo(api.A));

        Assert.Equal(HttpStatusCode.Unauthorized, status);
        var url = $"resource_metadata=\"{api.Host.BaseAddress}.well-known/oauth-protected-resource/mcp\"";
        Assert.Contains(url, Assert.Single(nobody.NonValidated["WWW-Authenticate"]), StringComparison.Ordinal);
        var challenge = Assert.Single(thief.NonValidated["WWW-Authenticate"]);
        Assert.Contains(url, challenge, StringComparison.Ordinal);
        Assert.Contains("error=\"invalid_token\"", challenge, StringComparison.Ordinal);
    }

    // Both answer at the same URL, and MCP's handler is asked first. The audit says so instead of what the routes promise.
    [Fact]
    public async Task Metadata_OfMcpInFrontOfOurs_IsAFaultOfTheAudit()
    {
        var failure = await Assert.ThrowsAsync<BoundTokenAuditException>(() => StartAsync(publishes: true));

        Assert.Equal(
            ["https://api.test/.well-known/oauth-protected-resource/mcp is answered by something else than MapProtectedResourceMetadata(): it does not say that bound tokens are enforced. Remove what answers there, middleware or an authentication handler with metadata of its own (AddMcp, for example), or do not call AddProtectedResourceMetadata()."],
            failure.Report.Faults);
    }

    private static Task<AdoptedApi> StartAsync(bool publishes = false) => AdoptedApi.StartAsync(
        (builder, issuer) =>
        {
            builder.Services
                .AddAuthentication(options =>
                {
                    options.DefaultChallengeScheme = McpAuthenticationDefaults.AuthenticationScheme;
                    options.DefaultAuthenticateScheme = JwtBearerDefaults.AuthenticationScheme;
                })
                .AddJwtBearer(issuer.Configure)
                .AddMcp(options => options.ResourceMetadata = new ModelContextProtocol.Authentication.ProtectedResourceMetadata
                {
                    Resource = publishes ? "https://api.test/mcp" : null!,
                    AuthorizationServers = { TestTokenIssuer.DefaultIssuer },
                });
            builder.Services.AddAuthorization();
            builder.Services.AddMcpServer().WithHttpTransport().WithTools<Tools>();
            if (publishes)
            {
                builder.Services.AddProtectedResourceMetadata(options =>
                {
                    options.Resource = "https://api.test/mcp";
                    options.AuthorizationServers.Add(TestTokenIssuer.DefaultIssuer);
                });
            }
        },
        app =>
        {
            if (publishes)
            {
                app.MapProtectedResourceMetadata();
            }

            app.MapMcp("/mcp").RequireAuthorization();
        });

    [McpServerToolType]
    private sealed class Tools
    {
        [McpServerTool, Description("Says hello.")]
        public static string Hello() => "hello";
    }
}
