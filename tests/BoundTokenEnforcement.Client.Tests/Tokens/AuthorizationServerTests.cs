using System.Text.Json.Nodes;
using BoundTokenEnforcement.Client.Tests.Guard;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace BoundTokenEnforcement.Client.Tests;

/// <summary>What the metadata of the authorization server must be and say, over real sockets.</summary>
public sealed class AuthorizationServerTests
{
    /// <summary>Members to be set, and whether a token is obtained then. "-" removes the member; $ISSUER, $FRONT and $ALIAS stand for addresses.</summary>
    public static TheoryData<string, string, bool> Members => new()
    {
        { "issuer", "\"$ISSUER\"", true },
        { "issuer", "\"$ISSUER/\"", false },
        { "issuer", "\"HTTPS://localhost\"", false },
        { "issuer", "\"https://other.test\"", false },
        { "issuer", "-", false },
        { "issuer", "[\"$ISSUER\"]", false },
        { "tls_client_certificate_bound_access_tokens", "true", true },
        { "tls_client_certificate_bound_access_tokens", "-", false },
        { "tls_client_certificate_bound_access_tokens", "false", false },
        { "tls_client_certificate_bound_access_tokens", "\"true\"", false },
        { "tls_client_certificate_bound_access_tokens", "1", false },
        { "tls_client_certificate_bound_access_tokens", "[true]", false },
        { "tls_client_certificate_bound_access_tokens", "null", false },
        { "protected_resources", "[\"https://other.test\",\"https://api.test\"]", true },
        { "protected_resources", "[\"https://api.test/\"]", false },
        { "protected_resources", "[]", false },
        { "protected_resources", "\"https://api.test\"", false },
        { "protected_resources", "[1,\"https://api.test\"]", false },
        { "token_endpoint_auth_methods_supported", "[\"tls_client_auth\"]", true },
        { "token_endpoint_auth_methods_supported", "[\"self_signed_tls_client_auth\",\"client_secret_basic\"]", false },
        { "token_endpoint_auth_methods_supported", "{}", false },
        { "mtls_endpoint_aliases", "{\"token_endpoint\":\"$ALIAS/token\"}", true },
        { "mtls_endpoint_aliases", "{\"token_endpoint\":\"http://localhost/token\"}", false },
        { "mtls_endpoint_aliases", "{\"token_endpoint\":\"/token\"}", false },
        { "mtls_endpoint_aliases", "{\"token_endpoint\":\"https://user@localhost/token\"}", false },
        { "mtls_endpoint_aliases", "{\"token_endpoint\":\"$ALIAS/token#x\"}", false },
        { "mtls_endpoint_aliases", "{\"token_endpoint\":null}", false },
        { "mtls_endpoint_aliases", "[]", false },
        { "mtls_endpoint_aliases", "\"$ALIAS/token\"", false },
        { "token_endpoint", "-", true },
        { "unknown", "{\"a\":[1,2,3]}", true },
    };

    [Theory]
    [MemberData(nameof(Members))]
    public async Task Metadata_Member_DecidesWhetherATokenIsAskedFor(string name, string value, bool good)
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        server.Metadata = document =>
        {
            document.Remove(name);
            if (value != "-")
            {
                document[name] = JsonNode.Parse(Fill(value, server));
            }
        };
        await using var client = NewClient(server);
        if (good)
        {
            await client.ObtainAsync();
            Assert.Single(server.TokenRequests);
            return;
        }

        var refused = await client.RefusedAsync();
        Assert.Equal(GuardFailure.AuthorizationServerUnusable, refused.Failure);
        Assert.Empty(server.TokenRequests);
    }

    [Theory]
    [InlineData("self_signed_tls_client_auth", true)]
    [InlineData("tls_client_auth", false)]
    public async Task Metadata_ListsMethods_SelfSignedMustBeAmongThem(string listed, bool good)
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        server.Metadata = document => document["token_endpoint_auth_methods_supported"] = new JsonArray(listed);
        await using var client = NewClient(server, options => options.Authentication = ClientAuthenticationMethod.SelfSignedTlsClientAuth);
        if (good)
        {
            await client.ObtainAsync();
            return;
        }

        Assert.Equal(GuardFailure.AuthorizationServerUnusable, (await client.RefusedAsync()).Failure);
    }

    [Theory]
    [InlineData(ClientCertificateMode.RequireCertificate)]
    [InlineData(ClientCertificateMode.AllowCertificate)]
    public async Task Metadata_OnlyOverMutualTls_IsFetchedWithTheCertificate(ClientCertificateMode mode)
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync(frontMode: mode);
        await using var client = new TokenClient(server.Issuer, GuardFixture.Certificate);

        Assert.NotNull((await client.ObtainAsync()).Value);
    }

    [Fact]
    public async Task Metadata_NotFound_TheMessageNamesTheUrlAndTheFallback()
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        server.InsteadOfMetadata = static context =>
        {
            context.Response.StatusCode = 404;
            return Task.FromResult(true);
        };
        await using var client = new TokenClient(server.Issuer, GuardFixture.Certificate);

        var refused = await client.RefusedAsync();

        Assert.Contains($"{server.Issuer}/.well-known/oauth-authorization-server", refused.Message, StringComparison.Ordinal);
        Assert.Contains("404", refused.Message, StringComparison.Ordinal);
        Assert.Contains("OpenIdConfigurationFallback", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("R8705-5-2")]
    public async Task Metadata_AliasOnAnotherPort_IsPreferred()
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        await using var client = NewClient(server);
        await client.ObtainAsync();
        Assert.Equal($"{new Uri(server.AliasAddress).Port}/token", Assert.Single(server.TokenRequests).Path);
    }

    [Fact]
    [Requirement("R8705-5-3")]
    public async Task Metadata_AliasMembersThatAreNoEndpointsOfOurs_HaveNoEffect()
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        server.Metadata = document => document["mtls_endpoint_aliases"] = new JsonObject
        {
            ["issuer"] = "https://evil.test",
            ["jwks_uri"] = 1,
            ["authorization_endpoint"] = "http://evil.test",
            ["tls_client_certificate_bound_access_tokens"] = false,
            ["token_endpoint"] = $"{server.AliasAddress}/token",
        };
        await using var client = NewClient(server);
        Assert.Equal(server.Issuer, (await client.ObtainAsync()).Issuer);
    }

    [Fact]
    [Requirement("R8705-5-2")]
    public async Task Metadata_AliasesWithoutTokenEndpoint_TheOrdinaryEndpointIsUsed()
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        server.Metadata = document =>
        {
            document["mtls_endpoint_aliases"] = new JsonObject { ["revocation_endpoint"] = "https://localhost/revoke" };
            document["token_endpoint"] = $"{server.AliasAddress}/ordinary";
        };
        await using var client = NewClient(server);
        await client.ObtainAsync();
        Assert.EndsWith("/ordinary", Assert.Single(server.TokenRequests).Path, StringComparison.Ordinal);
    }

    public static TheoryData<string, int, string> Faults => new()
    {
        { "{\"issuer\":\"$ISSUER\",$REST,\"issuer\":\"$ISSUER\"}", 200, "application/json" },
        { "{\"issuer\":\"$ISSUER\",$REST,\"x\":{\"a\":1,\"a\":1}}", 200, "application/json" },
        { "[{\"issuer\":\"$ISSUER\",$REST}]", 200, "application/json" },
        { "{\"issuer\":\"$ISSUER\",$REST} {}", 200, "application/json" },
        { "{\"issuer\":\"$ISSUER\",$REST,}", 200, "application/json" },
        { "/**/{\"issuer\":\"$ISSUER\",$REST}", 200, "application/json" },
        { "{\"issuer\":\"$ISSUER\",$REST", 200, "application/json" },
        { "{\"issuer\":\"$ISSUER\",$REST,\"x\":\"\\uD800\",\"protected_resources\":[\"\\uD800\"]}", 200, "application/json" },
        { "", 200, "application/json" },
        { "null", 200, "application/json" },
        { "{\"issuer\":\"$ISSUER\",$REST}", 200, "text/html" },
        { "{\"issuer\":\"$ISSUER\",$REST}", 200, "application/json; charset=utf-16" },
        { "{\"issuer\":\"$ISSUER\",$REST}", 200, "application/jwt" },
        { "{\"issuer\":\"$ISSUER\",$REST}", 201, "application/json" },
        { "{\"issuer\":\"$ISSUER\",$REST}", 404, "application/json" },
        { "{\"issuer\":\"$ISSUER\",$REST}", 400, "application/json" },
        { "{\"issuer\":\"$ISSUER\",$REST}", 500, "application/json" },
        { "{\"issuer\":\"$ISSUER\",$REST}", 429, "application/json" },
        { "<html>Please log in</html>", 200, "text/html" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Metadata_Faulty_Refused(string body, int status, string type)
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        server.InsteadOfMetadata = async context =>
        {
            await ScriptedAuthorizationServer.WriteJsonAsync(context, Fill(body, server), status, type);
            return true;
        };
        await using var client = NewClient(server);
        Assert.Equal(GuardFailure.AuthorizationServerUnusable, (await client.RefusedAsync()).Failure);
        Assert.Empty(server.TokenRequests);
        Assert.All(server.MetadataRequests, path => Assert.Equal("/.well-known/oauth-authorization-server", path));
        Assert.Equal(status is 500 or 429 ? 3 : 1, server.MetadataRequests.Count);
    }

    [Theory]
    [InlineData("{\"issuer\":\"$ISSUER\",$REST}", "application/json")]
    [InlineData("{\"issuer\":\"$ISSUER\",$REST}", "Application/JSON; charset=UTF-8")]
    public async Task Metadata_NotFaulty_Accepted(string body, string type)
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        server.InsteadOfMetadata = async context =>
        {
            await ScriptedAuthorizationServer.WriteJsonAsync(context, Fill(body, server), 200, type);
            return true;
        };
        await using var client = NewClient(server);
        await client.ObtainAsync();
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Metadata_Redirected_NotFollowed(int status)
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        server.InsteadOfMetadata = context =>
        {
            if (context.Request.Path == "/elsewhere")
            {
                return Task.FromResult(false);
            }

            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/elsewhere";
            return Task.FromResult(true);
        };
        await using var client = NewClient(server);
        Assert.Equal(GuardFailure.AuthorizationServerUnusable, (await client.RefusedAsync()).Failure);
        Assert.Single(server.MetadataRequests);
    }

    [Theory]
    [InlineData(64 * 1024, true, true)]
    [InlineData(64 * 1024 + 1, true, false)]
    [InlineData(64 * 1024, false, true)]
    [InlineData(64 * 1024 + 1, false, false)]
    public async Task Metadata_OfThisSize_ReadUpToTheLimit(int size, bool tellsLength, bool good)
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        server.InsteadOfMetadata = async context =>
        {
            var json = server.Document().ToJsonString().PadRight(size);
            context.Response.ContentLength = tellsLength ? size : null;
            await ScriptedAuthorizationServer.WriteJsonAsync(context, json);
            return true;
        };
        await using var client = NewClient(server);
        if (good)
        {
            await client.ObtainAsync();
            return;
        }

        Assert.Equal(GuardFailure.AuthorizationServerUnusable, (await client.RefusedAsync()).Failure);
    }

    [Fact]
    public async Task Metadata_Endless_GivenUpAtTheLimit()
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        server.InsteadOfMetadata = async context =>
        {
            context.Response.ContentType = "application/json";
            try
            {
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await context.Response.WriteAsync(new string(' ', 4096), context.RequestAborted);
                }
            }
            catch (OperationCanceledException)
            {
                // The client has had enough.
            }

            return true;
        };
        await using var client = NewClient(server);
        Assert.Contains("too large", (await client.RefusedAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metadata_Dripping_GivenUpInTime()
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        server.InsteadOfMetadata = async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("{", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.WhenAny(Task.Delay(Timeout.Infinite, context.RequestAborted));
            return true;
        };
        await using var client = NewClient(server, options => options.AttemptTimeout = TimeSpan.FromMilliseconds(200));
        Assert.Contains("in time", (await client.RefusedAsync()).Message, StringComparison.Ordinal);
        Assert.Equal(3, server.MetadataRequests.Count);
    }

    [Theory]
    [InlineData(0x41, true)]
    [InlineData(0xFF, false)]
    public async Task Metadata_ByteThatIsNoUtf8InAMemberThatNobodyReads_Refused(byte odd, bool good)
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        server.Metadata = document => document["unknown"] = "?";
        server.InsteadOfMetadata = async context =>
        {
            var json = System.Text.Encoding.UTF8.GetBytes(server.Document().ToJsonString());
            json[Array.LastIndexOf(json, (byte)'?')] = odd;
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(json);
            return true;
        };
        await using var client = NewClient(server);
        if (good)
        {
            await client.ObtainAsync();
            return;
        }

        Assert.Equal(GuardFailure.AuthorizationServerUnusable, (await client.RefusedAsync()).Failure);
    }

    [Fact]
    public async Task Metadata_CompressedUnasked_Refused()
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        server.InsteadOfMetadata = context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            return Task.FromResult(false);
        };
        await using var client = NewClient(server);
        Assert.Equal(GuardFailure.AuthorizationServerUnusable, (await client.RefusedAsync()).Failure);
    }

    [Fact]
    public async Task Metadata_FailsOnce_TriedAgain()
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        server.InsteadOfMetadata = First503(server);
        await using var client = NewClient(server);
        await client.ObtainAsync();
        Assert.Equal(2, server.MetadataRequests.Count);
    }

    [Theory]
    [InlineData(true, 404, true)]
    [InlineData(false, 404, false)]
    [InlineData(true, 503, false)]
    public async Task Fallback_OnlyIfSwitchedOnAndTheServerHasNoMetadataWhereItBelongs(bool on, int status, bool good)
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync(issuerPath: "/tenant");
        server.InsteadOfMetadata = context =>
        {
            if (context.Request.Path == "/tenant/.well-known/openid-configuration")
            {
                return Task.FromResult(false);
            }

            context.Response.StatusCode = status;
            return Task.FromResult(true);
        };
        await using var client = NewClient(server, options => options.OpenIdConfigurationFallback = on);
        if (good)
        {
            await client.ObtainAsync();
            Assert.Equal(["/.well-known/oauth-authorization-server/tenant", "/tenant/.well-known/openid-configuration"], server.MetadataRequests);
            return;
        }

        Assert.Equal(GuardFailure.AuthorizationServerUnusable, (await client.RefusedAsync()).Failure);
        Assert.DoesNotContain("/tenant/.well-known/openid-configuration", server.MetadataRequests);
    }

    [Fact]
    public async Task Fallback_MetadataIsWhereItBelongs_NotUsed()
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync(issuerPath: "/tenant");
        await using var client = NewClient(server, options => options.OpenIdConfigurationFallback = true);
        await client.ObtainAsync();
        Assert.Equal(["/.well-known/oauth-authorization-server/tenant"], server.MetadataRequests);
    }

    [Fact]
    public async Task Fallback_MetadataIsWrongWhereItBelongs_NotUsed()
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync(issuerPath: "/tenant");
        server.Metadata = document => document["issuer"] = "https://other.test";
        await using var client = NewClient(server, options => options.OpenIdConfigurationFallback = true);
        await client.RefusedAsync();
        Assert.Single(server.MetadataRequests);
    }

    [Fact]
    public async Task Metadata_ServerCertificateOfAStranger_Refused()
    {
        await using var stranger = await TlsApiHost.StartAsync(_ => { }, _ => { });
        await using var client = new TokenClient($"https://localhost:{stranger.Port}", Certificate);
        Assert.Equal(GuardFailure.AuthorizationServerUnusable, (await client.RefusedAsync()).Failure);
    }

    [Fact]
    public async Task Metadata_PrivateAddress_NotConnectedTo()
    {
        await using var client = new TokenClient("https://10.0.0.1", Certificate);
        Assert.Equal(GuardFailure.AddressNotAllowed, (await client.RefusedAsync()).Failure);
    }

    private static System.Security.Cryptography.X509Certificates.X509Certificate2 Certificate { get; } = TestCertificates.SelfSigned("client-1");

    private static TokenClient NewClient(ScriptedAuthorizationServer server, Action<CertificateBoundTokenOptions>? configure = null) =>
        new(server.Issuer, Certificate, configure);

    private static Func<HttpContext, Task<bool>> First503(ScriptedAuthorizationServer server) => context =>
    {
        if (server.MetadataRequests.Count > 1)
        {
            return Task.FromResult(false);
        }

        context.Response.StatusCode = 503;
        context.Response.Headers.RetryAfter = "86400";
        return Task.FromResult(true);
    };

    private static string Fill(string text, ScriptedAuthorizationServer server)
    {
        if (!text.Contains("$REST", StringComparison.Ordinal))
        {
            return text.Replace("$ISSUER", server.Issuer, StringComparison.Ordinal).Replace("$ALIAS", server.AliasAddress, StringComparison.Ordinal);
        }

        var rest = new JsonObject(server.Document().Where(member => member.Key != "issuer").Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
        return text
            .Replace("$REST", rest.ToJsonString()[1..^1], StringComparison.Ordinal)
            .Replace("$ISSUER", server.Issuer, StringComparison.Ordinal);
    }
}
