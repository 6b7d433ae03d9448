using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace BoundTokenEnforcement.Client.Tests;

/// <summary>What is asked of the authorization server, and which answers are believed, over real sockets.</summary>
public sealed class TokenRequestTests
{
    private static X509Certificate2 Certificate { get; } = TestCertificates.SelfSigned("client-1");

    private static X509Certificate2 Another { get; } = TestCertificates.SelfSigned("client-2");

    [Fact]
    public async Task Request_ByDefault_AsksForTheGuardsResourceWithTheCertificateAlone()
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        await using var client = new TokenClient(server.Issuer, Certificate);
        var token = await client.ObtainAsync();

        var seen = Assert.Single(server.TokenRequests);
        Assert.Equal(TestCertificates.Thumbprint(Certificate), seen.Thumbprint);
        Assert.Null(seen.Authorization);
        Assert.Equal(
            new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = "client-1", ["resource"] = "https://api.test" }, seen.Form);
        Assert.Equal(Assert.Single(server.Given), token.Value);
        Assert.Equal(server.Issuer, token.Issuer);
        Assert.Equal(CertificateThumbprint.Of(Certificate), token.Certificate.Thumbprint);
    }

    [Fact]
    public async Task Request_ScopeAndResourceConfigured_AsksForThem()
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        await using var client = new TokenClient(server.Issuer, Certificate, options =>
        {
            options.Scope = "read write";
            options.Resource = "urn:api:1";
        });
        await client.ObtainAsync();
        var form = Assert.Single(server.TokenRequests).Form;
        Assert.Equal("read write", form["scope"]);
        Assert.Equal("urn:api:1", form["resource"]);
    }

    [Theory]
    [InlineData(ClientCertificateMode.RequireCertificate, true)]
    [InlineData(ClientCertificateMode.AllowCertificate, true)]
    [InlineData(ClientCertificateMode.NoCertificate, false)]
    [InlineData(ClientCertificateMode.DelayCertificate, false)]
    public async Task Request_ServerMustAskForTheCertificateInTheHandshake(ClientCertificateMode mode, bool good)
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync(mode);
        await using var client = new TokenClient(server.Issuer, Certificate);
        if (good)
        {
            await client.ObtainAsync();
            return;
        }

        Assert.Equal(GuardFailure.CertificateNotRequested, (await client.RefusedAsync()).Failure);
        Assert.Empty(server.TokenRequests);
    }

    [Fact]
    public async Task Request_NoAliasAndTheOrdinaryEndpointAsksForNoCertificate_NothingIsSent()
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        server.Metadata = document => document.Remove("mtls_endpoint_aliases");
        await using var client = new TokenClient(server.Issuer, Certificate);
        Assert.Equal(GuardFailure.CertificateNotRequested, (await client.RefusedAsync()).Failure);
        Assert.Empty(server.TokenRequests);
    }

    /// <summary>Members to be set in the answer ("-" removes them), and the refusal; none if the token is used.</summary>
    public static TheoryData<string, string, GuardFailure?> Answers => new()
    {
        { "token_type", "\"bearer\"", null },
        { "token_type", "\"BEARER\"", null },
        { "token_type", "\"DPoP\"", GuardFailure.TokenUnobtainable },
        { "token_type", "\"mac\"", GuardFailure.TokenUnobtainable },
        { "token_type", "\"Bearer \"", GuardFailure.TokenUnobtainable },
        { "token_type", "[\"Bearer\"]", GuardFailure.TokenUnobtainable },
        { "token_type", "-", GuardFailure.TokenUnobtainable },
        { "access_token", "\"opaque-._~+/==\"", null },
        { "access_token", "\"has blank\"", GuardFailure.TokenUnobtainable },
        { "access_token", "\" leading\"", GuardFailure.TokenUnobtainable },
        { "access_token", "\"two,tokens\"", GuardFailure.TokenUnobtainable },
        { "access_token", "\"line\\r\\nX-Evil: 1\"", GuardFailure.TokenUnobtainable },
        { "access_token", "\"caf\\u00e9\"", GuardFailure.TokenUnobtainable },
        { "access_token", "\"\"", GuardFailure.TokenUnobtainable },
        { "access_token", "null", GuardFailure.TokenUnobtainable },
        { "access_token", "-", GuardFailure.TokenUnobtainable },
        { "expires_in", "1", null },
        { "expires_in", "9007199254740991", null },
        { "expires_in", "-", null },
        { "expires_in", "0", GuardFailure.TokenUnobtainable },
        { "expires_in", "-1", GuardFailure.TokenUnobtainable },
        { "expires_in", "1.5", GuardFailure.TokenUnobtainable },
        { "expires_in", "1e30", GuardFailure.TokenUnobtainable },
        { "expires_in", "\"300\"", null },
        { "expires_in", "\"0\"", GuardFailure.TokenUnobtainable },
        { "expires_in", "\"-1\"", GuardFailure.TokenUnobtainable },
        { "expires_in", "\" 300\"", GuardFailure.TokenUnobtainable },
        { "expires_in", "\"3e2\"", GuardFailure.TokenUnobtainable },
        { "expires_in", "\"\"", GuardFailure.TokenUnobtainable },
        { "expires_in", "null", GuardFailure.TokenUnobtainable },
        { "refresh_token", "\"ignored\"", null },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Answer_Member_DecidesWhetherTheTokenIsUsed(string name, string value, GuardFailure? refusal)
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        server.Answer = answer =>
        {
            answer.Remove(name);
            if (value != "-")
            {
                answer[name] = JsonNode.Parse(value);
            }
        };
        await ObtainOrBeRefusedAsync(server, refusal);
    }

    /// <summary>Tokens, and the refusal; none if the token is used.</summary>
    public static TheoryData<string, GuardFailure?> GivenTokens => new()
    {
        { "bound", null },
        { "opaque", null },
        { "unbound", GuardFailure.TokenNotBound },
        { "confirmation null", GuardFailure.TokenNotBound },
        { "bound to a DPoP key", GuardFailure.TokenNotBound },
        { "confirmation twice", GuardFailure.TokenNotBound },
        { "bound to another certificate", GuardFailure.TokenOfAnotherCertificate },
        { "of another issuer", GuardFailure.IssuerNotAllowed },
    };

    [Theory]
    [MemberData(nameof(GivenTokens))]
    public async Task Answer_Token_RefusedIfItSaysThatItIsNotBoundToThisCertificate(string kind, GuardFailure? refusal)
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        using var otherIssuer = new TestTokenIssuer { Issuer = "https://other.test" };
        var confirmation = TestTokenIssuer.ConfirmationOf(Certificate).ToJsonString();
        server.Answer = answer => answer["access_token"] = kind switch
        {
            "bound" => server.Tokens.BoundTo(Certificate),
            "opaque" => "opaque",
            "unbound" => server.Tokens.Issue(),
            "confirmation null" => server.Tokens.WithConfirmation("null"),
            "bound to a DPoP key" => server.Tokens.WithConfirmation("{\"jkt\":\"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I\"}"),
            "confirmation twice" => server.Tokens.WithRawMembers($"\"cnf\":{confirmation},\"cnf\":{confirmation}"),
            "bound to another certificate" => server.Tokens.BoundTo(Another),
            "of another issuer" => otherIssuer.BoundTo(Certificate),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        await ObtainOrBeRefusedAsync(server, refusal);
    }

    /// <summary>Answers ($TOKEN stands for a good token), and whether the token is used.</summary>
    public static TheoryData<string, int, string, bool> Bodies => new()
    {
        { "{\"access_token\":\"$TOKEN\",\"token_type\":\"Bearer\"}", 200, "application/json", true },
        { "{\"access_token\":\"$TOKEN\",\"token_type\":\"Bearer\"}", 200, "application/json;charset=utf-8", true },
        { "{\"access_token\":\"$TOKEN\",\"access_token\":\"$TOKEN\",\"token_type\":\"Bearer\"}", 200, "application/json", false },
        { "{\"access_token\":\"$TOKEN\",\"token_type\":\"mac\",\"token_type\":\"Bearer\"}", 200, "application/json", false },
        { "[{\"access_token\":\"$TOKEN\",\"token_type\":\"Bearer\"}]", 200, "application/json", false },
        { "{\"access_token\":\"$TOKEN\",\"token_type\":\"Bearer\"}", 200, "text/plain", false },
        { "{\"access_token\":\"$TOKEN\",\"token_type\":\"Bearer\"}", 201, "application/json", false },
        { "{\"access_token\":\"$TOKEN\",\"token_type\":\"Bearer\"}", 400, "application/json", false },
        { "{\"access_token\":\"$TOKEN\",\"token_type\":\"Bearer\"", 200, "application/json", false },
        { "access_token=$TOKEN&token_type=Bearer", 200, "application/x-www-form-urlencoded", false },
        { "<html>$TOKEN</html>", 200, "text/html", false },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Answer_Body_MustBeStrictJson(string body, int status, string type, bool good)
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        var token = server.Tokens.BoundTo(Certificate);
        server.InsteadOfToken = async context =>
        {
            await ScriptedAuthorizationServer.WriteJsonAsync(context, body.Replace("$TOKEN", token, StringComparison.Ordinal), status, type);
            return true;
        };
        await ObtainOrBeRefusedAsync(server, good ? null : GuardFailure.TokenUnobtainable, token);
    }

    [Theory]
    [InlineData(64 * 1024, true)]
    [InlineData(64 * 1024 + 1, false)]
    public async Task Answer_OfThisSize_ReadUpToTheLimit(int size, bool good)
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        server.InsteadOfToken = async context =>
        {
            var json = $$"""{"access_token":"{{server.Tokens.BoundTo(Certificate)}}","token_type":"Bearer"}""";
            await ScriptedAuthorizationServer.WriteJsonAsync(context, json.PadRight(size));
            return true;
        };
        await ObtainOrBeRefusedAsync(server, good ? null : GuardFailure.TokenUnobtainable);
    }

    [Theory]
    [InlineData(400, "{\"error\":\"invalid_client\",\"error_description\":\"SECRET-DESCRIPTION\"}", "'invalid_client'")]
    [InlineData(401, "{\"error\":\"invalid_client\"}", "'invalid_client'")]
    [InlineData(400, "{\"error\":\"SECRET-DESCRIPTION of any length\"}", "400")]
    [InlineData(400, "{\"error\":[\"invalid_client\"]}", "400")]
    [InlineData(400, "<html>SECRET-DESCRIPTION</html>", "400")]
    [InlineData(400, "", "400")]
    [InlineData(403, "{\"error\":\"invalid_client\"}", "403")]
    public async Task Answer_Error_ToldByItsCodeAndNeverByItsDescription(int status, string body, string told)
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        server.InsteadOfToken = async context =>
        {
            await ScriptedAuthorizationServer.WriteJsonAsync(context, body, status);
            return true;
        };
        await using var client = new TokenClient(server.Issuer, Certificate);
        var refused = await client.RefusedAsync();
        Assert.Equal(GuardFailure.TokenUnobtainable, refused.Failure);
        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", refused.ToString(), StringComparison.Ordinal);
        Assert.Single(server.TokenRequests);
    }

    [Fact]
    public async Task Answer_LongErrorCode_NotRepeated()
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        server.InsteadOfToken = async context =>
        {
            await ScriptedAuthorizationServer.WriteJsonAsync(context, $$"""{"error":"{{new string('x', 65)}}"}""", 400);
            return true;
        };
        await using var client = new TokenClient(server.Issuer, Certificate);
        Assert.DoesNotContain("xxx", (await client.RefusedAsync()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Answer_Redirect_NotFollowed(int status)
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        server.InsteadOfToken = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = $"{server.AliasAddress}/elsewhere";
            return Task.FromResult(!context.Request.Path.StartsWithSegments("/elsewhere"));
        };
        await ObtainOrBeRefusedAsync(server, GuardFailure.TokenUnobtainable);
        Assert.Single(server.TokenRequests);
        Assert.Single(server.MetadataRequests);
    }

    [Fact]
    public async Task Answer_NotInTime_TriedAgainAndGivenUp()
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        server.InsteadOfToken = async context =>
        {
            await Task.WhenAny(Task.Delay(Timeout.Infinite, context.RequestAborted));
            return true;
        };
        await using var client = new TokenClient(server.Issuer, Certificate, options => options.AttemptTimeout = TimeSpan.FromMilliseconds(300));
        var refused = await client.RefusedAsync();
        Assert.Equal(GuardFailure.TokenUnobtainable, refused.Failure);
        Assert.Contains("in time", refused.Message, StringComparison.Ordinal);
        Assert.InRange(server.TokenRequests.Count, 1, 3);
    }

    [Theory]
    [InlineData(503, 2, true)]
    [InlineData(429, 2, true)]
    [InlineData(503, 3, false)]
    [InlineData(400, 1, false)]
    public async Task Answer_FailsThisOften_TriedAgainWhereThatMayHelp(int status, int failures, bool good)
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        server.InsteadOfToken = context =>
        {
            if (server.TokenRequests.Count > failures)
            {
                return Task.FromResult(false);
            }

            context.Response.StatusCode = status;
            context.Response.Headers.RetryAfter = "86400";
            return Task.FromResult(true);
        };
        await ObtainOrBeRefusedAsync(server, good ? null : GuardFailure.TokenUnobtainable);
        Assert.Equal(good ? failures + 1 : failures, server.TokenRequests.Count);
    }

    [Fact]
    public async Task Answer_BrokenOff_TriedAgain()
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        server.InsteadOfToken = async context =>
        {
            if (server.TokenRequests.Count > 1)
            {
                return false;
            }

            context.Response.ContentType = "application/json";
            context.Response.ContentLength = 1000;
            await context.Response.Body.WriteAsync("{"u8.ToArray());
            await context.Response.Body.FlushAsync();
            context.Abort();
            return true;
        };
        await ObtainOrBeRefusedAsync(server, null);
        Assert.Equal(2, server.TokenRequests.Count);
    }

    [Fact]
    public async Task Certificate_Expired_RefusedBeforeAnythingIsAsked()
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        await using var client = new TokenClient(server.Issuer, TestCertificates.Expired("client-1"));
        Assert.Equal(GuardFailure.CertificateUnusable, (await client.RefusedAsync()).Failure);
        Assert.Empty(server.MetadataRequests);
    }

    private static async Task ObtainOrBeRefusedAsync(ScriptedAuthorizationServer server, GuardFailure? refusal, params string[] secrets)
    {
        await using var client = new TokenClient(server.Issuer, Certificate);
        if (refusal is null)
        {
            await client.ObtainAsync();
        }
        else
        {
            var refused = await client.RefusedAsync();
            Assert.Equal(refusal, refused.Failure);
            Assert.All(server.Given.Concat(secrets).Where(token => token.Length > 16), token => Assert.DoesNotContain(token, refused.ToString(), StringComparison.Ordinal));
        }

        Assert.Equal(refusal is null ? "True" : "False", Assert.Single(client.Metrics.Of(BoundTokenGuardTelemetry.TokenRequestsCounterName)).Tags[BoundTokenGuardTelemetry.SuccessTag]);
    }
}
