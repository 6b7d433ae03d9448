using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Client.Tests.Guard;

/// <summary>AC-090–AC-092, AC-095–AC-099: what the metadata must say before anything is sent.</summary>
[Requirement("AC-090", "AC-092", "AC-095", "AC-099")]
public sealed class GuardMetadataTests
{
    [Theory]
    [InlineData(""" "x": 1 """, GuardFailure.BoundTokensNotSupported)]
    [InlineData(""" "tls_client_certificate_bound_access_tokens": false """, GuardFailure.BoundTokensNotSupported)]
    [InlineData(""" "tls_client_certificate_bound_access_tokens": null """, GuardFailure.MetadataInvalid)]
    [InlineData(""" "tls_client_certificate_bound_access_tokens": "true" """, GuardFailure.MetadataInvalid)]
    [InlineData(""" "tls_client_certificate_bound_access_tokens": 1 """, GuardFailure.MetadataInvalid)]
    [InlineData(""" "tls_client_certificate_bound_access_tokens": [true] """, GuardFailure.MetadataInvalid)]
    [InlineData(""" "tls_client_certificate_bound_access_tokens": {} """, GuardFailure.MetadataInvalid)]
    [InlineData(""" "tls_client_certificate_bound_access_tokens": true, "tls_client_certificate_bound_access_tokens": true """, GuardFailure.MetadataInvalid)]
    [InlineData(""" "tls_client_certificate_bound_access_tokens": false, "tls_client_certificate_bound_access_tokens": true """, GuardFailure.MetadataInvalid)]
    [InlineData(""" "TLS_client_certificate_bound_access_tokens": true """, GuardFailure.BoundTokensNotSupported)]
    [InlineData(""" "x": { "tls_client_certificate_bound_access_tokens": true } """, GuardFailure.BoundTokensNotSupported)]
    [InlineData(GuardFixture.Supported, null)]
    [Requirement("R9728-2-8")]
    public async Task Flag_IsAnythingButTrue_NothingIsSent(string members, GuardFailure? refusal)
    {
        await using var guard = GuardFixture.Start();
        guard.Metadata = _ => ScriptedAnswer.Json(guard.Document(members));
        await ExpectAsync(guard, refusal);
    }

    [Theory]
    [InlineData("https://evil.test/api", GuardFailure.MetadataOfAnotherResource)]
    [InlineData("{origin}", GuardFailure.MetadataOfAnotherResource)]
    [InlineData("{origin}/", GuardFailure.MetadataOfAnotherResource)]
    [InlineData("{origin}/other", GuardFailure.MetadataOfAnotherResource)]
    [InlineData("{origin}/api/", GuardFailure.MetadataOfAnotherResource)]
    [InlineData("{origin}/API", GuardFailure.MetadataOfAnotherResource)]
    [InlineData("{origin}/%61pi", GuardFailure.MetadataOfAnotherResource)]
    [InlineData("{origin}/api/x", GuardFailure.MetadataOfAnotherResource)]
    [InlineData("{origin}/api?x", GuardFailure.MetadataOfAnotherResource)]
    [InlineData("https://LOCALHOST:{port}/api", GuardFailure.MetadataOfAnotherResource)]
    [InlineData("https://localhost/api", GuardFailure.MetadataOfAnotherResource)]
    [InlineData("https://localhost.:{port}/api", GuardFailure.MetadataInvalid)]
    [InlineData("https://127.0.0.1:{port}/api", GuardFailure.MetadataOfAnotherResource)]
    [InlineData("{origin}/x/../api", GuardFailure.MetadataInvalid)]
    [InlineData("{origin}/./api", GuardFailure.MetadataInvalid)]
    [InlineData("https://user@localhost:{port}/api", GuardFailure.MetadataInvalid)]
    [InlineData("https://l\u043ecalhost:{port}/api", GuardFailure.MetadataInvalid)]
    [InlineData("http://localhost:{port}/api", GuardFailure.MetadataInvalid)]
    [InlineData("HTTPS://localhost:{port}/api", GuardFailure.MetadataInvalid)]
    [InlineData("{origin}/api#", GuardFailure.MetadataInvalid)]
    [InlineData("", GuardFailure.MetadataInvalid)]
    [InlineData("{origin}/api", null)]
    [Requirement("R9728-3.3-1")]
    public async Task Resource_IsAnotherText_NothingIsSent(string resource, GuardFailure? refusal)
    {
        await using var guard = GuardFixture.Start();
        var written = resource.Replace("{origin}", guard.Server.Origin, StringComparison.Ordinal).Replace("{port}", $"{guard.Server.Port}", StringComparison.Ordinal);
        guard.Metadata = _ => ScriptedAnswer.Json(guard.Document(resource: written));
        await ExpectAsync(guard, refusal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"resource\": 1,")]
    [InlineData("\"resource\": null,")]
    [InlineData("\"resource\": [\"{resource}\"],")]
    [InlineData("\"resource\": \"{resource}\", \"resource\": \"{resource}\",")]
    public async Task Resource_IsNoText_NothingIsSent(string member)
    {
        await using var guard = GuardFixture.Start();
        var written = member.Replace("{resource}", guard.Resource, StringComparison.Ordinal);
        guard.Metadata = _ => ScriptedAnswer.Json($$"""{ {{written}} "authorization_servers": ["{{TestTokenIssuer.DefaultIssuer}}"], {{GuardFixture.Supported}} }""");
        await guard.RefusedAsync(GuardFailure.MetadataInvalid);
    }

    [Theory]
    [InlineData(201)]
    [InlineData(204)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(410)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Status_IsNot200_NothingIsSent(int status)
    {
        await using var guard = GuardFixture.Start();
        guard.Metadata = _ => ScriptedAnswer.Body(status, System.Text.Encoding.UTF8.GetBytes(guard.Document()), "Content-Type: application/json", "Retry-After: 86400");
        await guard.RefusedAsync(GuardFailure.MetadataUnreachable);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Redirect_OfTheMetadata_IsNotFollowed(int status)
    {
        using var plain = new RecordingListener();
        await using var evil = ScriptedTlsServer.Start();
        await using var guard = GuardFixture.Start();
        foreach (var target in new[] { $"{evil.Origin}/", plain.Address.ToString(), $"{guard.Server.Origin}/elsewhere" })
        {
            await using var redirected = GuardFixture.Start();
            redirected.Metadata = _ => ScriptedAnswer.Status(status, $"Location: {target}");
            await redirected.RefusedAsync(GuardFailure.MetadataUnreachable);
            Assert.Single(redirected.Server.Requests);
        }

        Assert.Empty(evil.Connections);
        Assert.Equal(0, plain.Connections);
        Assert.Empty(guard.Server.Connections);
    }

    public static TheoryData<string, GuardFailure> UnusableAnswers => new()
    {
        { "html", GuardFailure.MetadataInvalid },
        { "login page", GuardFailure.MetadataInvalid },
        { "encoded", GuardFailure.MetadataInvalid },
        { "array", GuardFailure.MetadataInvalid },
        { "comment", GuardFailure.MetadataInvalid },
        { "empty", GuardFailure.MetadataInvalid },
        { "truncated", GuardFailure.MetadataInvalid },
        { "more", GuardFailure.MetadataInvalid },
        { "endless", GuardFailure.MetadataUnreachable },
        { "cut", GuardFailure.MetadataUnreachable },
        { "length too large", GuardFailure.MetadataUnreachable },
        { "no http", GuardFailure.MetadataUnreachable },
    };

    [Theory]
    [MemberData(nameof(UnusableAnswers))]
    public async Task Answer_IsNoMetadata_NothingIsSent(string answer, GuardFailure refusal)
    {
        await using var guard = GuardFixture.Start();
        var document = guard.Document();
        var bytes = System.Text.Encoding.UTF8.GetBytes(document);
        var head = ScriptedAnswer.Head(200, "Content-Type: application/json", $"Content-Length: {bytes.Length + 10}");
        guard.Metadata = _ => answer switch
        {
            "html" => ScriptedAnswer.Body(200, bytes, "Content-Type: text/html"),
            "login page" => ScriptedAnswer.Body(200, "<html>Log in</html>"u8.ToArray(), "Content-Type: text/html"),
            "encoded" => ScriptedAnswer.Json(document, "Content-Encoding: gzip"),
            "array" => ScriptedAnswer.Json($"[{document}]"),
            "comment" => ScriptedAnswer.Json($"/* */ {document}"),
            "empty" => ScriptedAnswer.Json(string.Empty),
            "truncated" => ScriptedAnswer.Json(document[..^2]),
            "more" => ScriptedAnswer.Json(document + document),
            "endless" => ScriptedAnswer.Endless(ScriptedAnswer.Head(200, "Content-Type: application/json"), new byte[1000]),
            "cut" => ScriptedAnswer.CutAfter(head, bytes[..20]),
            "length too large" => ScriptedAnswer.CutAfter(head, bytes),
            _ => ScriptedAnswer.Raw("SSH-2.0-none\r\n\r\n"),
        };
        await guard.RefusedAsync(refusal);
    }

    [Fact]
    public async Task Server_NotTrusted_NothingIsSent()
    {
        await using var other = ScriptedTlsServer.Start();
        await using var guard = GuardFixture.Start(options => options.ServerCertificateChainPolicy = other.TrustingPolicy());
        await guard.RefusedAsync(GuardFailure.MetadataUnreachable);
    }

    [Fact]
    public async Task Server_NotTrustedBecauseOfItsName_NothingIsSent()
    {
        using var certificate = TestCertificates.SelfSigned("client");
        await using var guard = GuardFixture.Start(server: new() { AskForCertificate = true, ServerCertificate = certificate });
        await guard.RefusedAsync(GuardFailure.MetadataUnreachable);
    }

    [Fact]
    [Requirement("R9728-7.7-1")]
    public async Task Loopback_NotAllowed_NothingIsConnected()
    {
        await using var guard = GuardFixture.Start(static options => options.AllowLoopback = false);
        await guard.RefusedAsync(GuardFailure.AddressNotAllowed);
        Assert.Empty(guard.Server.Connections);
    }

    // AC-099
    [Theory]
    [InlineData("https://evil.test", GuardFailure.IssuerNotAllowed)]
    [InlineData("https://AS.test", GuardFailure.IssuerNotAllowed)]
    [InlineData("https://as.test/", GuardFailure.IssuerNotAllowed)]
    [InlineData(TestTokenIssuer.DefaultIssuer, null)]
    [Requirement("AC-099")]
    public async Task AuthorizationServers_NameNoAllowedIssuer_NothingIsSent(string issuer, GuardFailure? refusal)
    {
        await using var guard = GuardFixture.Start();
        guard.Metadata = _ => ScriptedAnswer.Json(guard.Document(issuer: issuer));
        await ExpectAsync(guard, refusal);
    }

    [Fact]
    public async Task AuthorizationServers_Empty_NothingIsSent()
    {
        await using var guard = GuardFixture.Start();
        guard.Metadata = _ => ScriptedAnswer.Json($$"""{ "resource": "{{guard.Resource}}", "authorization_servers": [], {{GuardFixture.Supported}} }""");
        await guard.RefusedAsync(GuardFailure.IssuerNotAllowed);
    }

    // RFC 9728 §2: optional. The issuers that the client allows are configured, whatever the resource says.
    [Fact]
    public async Task AuthorizationServers_Missing_TokensOfAllowedIssuersArrive()
    {
        await using var guard = GuardFixture.Start();
        guard.Metadata = _ => ScriptedAnswer.Json($$"""{ "resource": "{{guard.Resource}}", {{GuardFixture.Supported}} }""");
        await guard.ArrivesAsync();

        using var evil = new TestTokenIssuer { Issuer = "https://evil.test" };
        guard.Token = evil.BoundTo(GuardFixture.Certificate);
        await guard.RefusedAsync(GuardFailure.IssuerNotAllowed);
    }

    [Fact]
    public async Task TwoResourcesOnOneHost_OneDoesNotEnforce_OnlyTheOtherGetsTokens()
    {
        await using var guard = GuardFixture.Start();
        await using var open = GuardFixture.Start(options =>
        {
            options.Resource = $"{guard.Server.Origin}/open";
            options.ServerCertificateChainPolicy = guard.Server.TrustingPolicy();
        });
        guard.Metadata = request => ScriptedAnswer.Json(request.Target.EndsWith("/open", StringComparison.Ordinal)
            ? guard.Document(""" "x": 1 """, $"{guard.Server.Origin}/open")
            : guard.Document());

        await guard.ArrivesAsync();
        await guard.RefusedAsync(GuardFailure.RequestOutsideResource, guard.Request($"{guard.Server.Origin}/open"));
        await open.RefusedAsync(GuardFailure.BoundTokensNotSupported, open.Request($"{guard.Server.Origin}/open"));
        await open.RefusedAsync(GuardFailure.RequestOutsideResource, open.Request(guard.Resource));
        Assert.Single(guard.ApiRequests);
        Assert.Equal(0, guard.Server.Occurrences(open.Token));
    }

    // AC-098: not for as long as the server says, and not for ever.
    [Fact]
    [Requirement("AC-098")]
    public async Task Failure_Passes_TheNextTryIsOurs()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var guard = GuardFixture.Start(clock: clock);
        guard.Metadata = _ => ScriptedAnswer.Status(404, "Retry-After: 86400", "Cache-Control: max-age=31536000");
        await guard.RefusedAsync(GuardFailure.MetadataUnreachable);
        guard.Metadata = _ => ScriptedAnswer.Json(guard.Document());
        await guard.RefusedAsync(GuardFailure.MetadataUnreachable);
        Assert.Equal(1, guard.MetadataRequests);

        clock.Advance(TimeSpan.FromSeconds(16));
        await guard.ArrivesAsync();
    }

    // AC-108: nothing is used past its life, whatever the server says about it.
    [Theory]
    [InlineData("Cache-Control: max-age=31536000", 60)]
    [InlineData("Cache-Control: no-store", 1)]
    [Requirement("AC-108")]
    public async Task Life_Over_EnforcementWithdrawn_NothingMoreIsSent(string header, int minutes)
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var guard = GuardFixture.Start(clock: clock);
        guard.Metadata = _ => ScriptedAnswer.Json(guard.Document(), header);
        await guard.ArrivesAsync();
        guard.Metadata = _ => ScriptedAnswer.Json(guard.Document(""" "x": 1 """), header);
        await guard.ArrivesAsync();

        clock.Advance(TimeSpan.FromMinutes(minutes));
        await guard.RefusedAsync(GuardFailure.EnforcementWithdrawn);
    }

    [Fact]
    public async Task Life_Over_ResourceNamesOtherIssuers_NothingMoreIsSent()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var guard = GuardFixture.Start(clock: clock);
        await guard.ArrivesAsync();
        guard.Metadata = _ => ScriptedAnswer.Json(guard.Document(issuer: "https://evil.test"));
        clock.Advance(TimeSpan.FromHours(1));
        await guard.RefusedAsync(GuardFailure.IssuerNotAllowed);
    }

    private static async Task ExpectAsync(GuardFixture guard, GuardFailure? refusal)
    {
        if (refusal is { } expected)
        {
            await guard.RefusedAsync(expected);
        }
        else
        {
            await guard.ArrivesAsync();
        }
    }
}
