using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Client.Tests.Guard;

/// <summary>AC-090–AC-092, AC-095–AC-099: what the metadata must say before anything is sent.</summary>
public sealed class GuardMetadataTests
{
    [Theory]
    [InlineData(""" "x": 1 """, GuardRefusal.BoundTokensNotSupported)]
    [InlineData(""" "tls_client_certificate_bound_access_tokens": false """, GuardRefusal.BoundTokensNotSupported)]
    [InlineData(""" "tls_client_certificate_bound_access_tokens": null """, GuardRefusal.MetadataInvalid)]
    [InlineData(""" "tls_client_certificate_bound_access_tokens": "true" """, GuardRefusal.MetadataInvalid)]
    [InlineData(""" "tls_client_certificate_bound_access_tokens": 1 """, GuardRefusal.MetadataInvalid)]
    [InlineData(""" "tls_client_certificate_bound_access_tokens": [true] """, GuardRefusal.MetadataInvalid)]
    [InlineData(""" "tls_client_certificate_bound_access_tokens": {} """, GuardRefusal.MetadataInvalid)]
    [InlineData(""" "tls_client_certificate_bound_access_tokens": true, "tls_client_certificate_bound_access_tokens": true """, GuardRefusal.MetadataInvalid)]
    [InlineData(""" "tls_client_certificate_bound_access_tokens": false, "tls_client_certificate_bound_access_tokens": true """, GuardRefusal.MetadataInvalid)]
    [InlineData(""" "TLS_client_certificate_bound_access_tokens": true """, GuardRefusal.BoundTokensNotSupported)]
    [InlineData(""" "x": { "tls_client_certificate_bound_access_tokens": true } """, GuardRefusal.BoundTokensNotSupported)]
    [InlineData(GuardFixture.Supported, null)]
    public async Task Flag_IsAnythingButTrue_NothingIsSent(string members, GuardRefusal? refusal)
    {
        await using var guard = GuardFixture.Start();
        guard.Metadata = _ => ScriptedAnswer.Json(guard.Document(members));
        await ExpectAsync(guard, refusal);
    }

    [Theory]
    [InlineData("https://evil.test/api", GuardRefusal.MetadataOfAnotherResource)]
    [InlineData("{origin}", GuardRefusal.MetadataOfAnotherResource)]
    [InlineData("{origin}/", GuardRefusal.MetadataOfAnotherResource)]
    [InlineData("{origin}/other", GuardRefusal.MetadataOfAnotherResource)]
    [InlineData("{origin}/api/", GuardRefusal.MetadataOfAnotherResource)]
    [InlineData("{origin}/API", GuardRefusal.MetadataOfAnotherResource)]
    [InlineData("{origin}/%61pi", GuardRefusal.MetadataOfAnotherResource)]
    [InlineData("{origin}/api/x", GuardRefusal.MetadataOfAnotherResource)]
    [InlineData("{origin}/api?x", GuardRefusal.MetadataOfAnotherResource)]
    [InlineData("https://LOCALHOST:{port}/api", GuardRefusal.MetadataOfAnotherResource)]
    [InlineData("https://localhost/api", GuardRefusal.MetadataOfAnotherResource)]
    [InlineData("https://localhost.:{port}/api", GuardRefusal.MetadataInvalid)]
    [InlineData("https://127.0.0.1:{port}/api", GuardRefusal.MetadataOfAnotherResource)]
    [InlineData("{origin}/x/../api", GuardRefusal.MetadataInvalid)]
    [InlineData("{origin}/./api", GuardRefusal.MetadataInvalid)]
    [InlineData("https://user@localhost:{port}/api", GuardRefusal.MetadataInvalid)]
    [InlineData("https://l\u043ecalhost:{port}/api", GuardRefusal.MetadataInvalid)]
    [InlineData("http://localhost:{port}/api", GuardRefusal.MetadataInvalid)]
    [InlineData("HTTPS://localhost:{port}/api", GuardRefusal.MetadataInvalid)]
    [InlineData("{origin}/api#", GuardRefusal.MetadataInvalid)]
    [InlineData("", GuardRefusal.MetadataInvalid)]
    [InlineData("{origin}/api", null)]
    public async Task Resource_IsAnotherText_NothingIsSent(string resource, GuardRefusal? refusal)
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
        await guard.RefusedAsync(GuardRefusal.MetadataInvalid);
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
        await guard.RefusedAsync(GuardRefusal.MetadataUnreachable);
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
            await redirected.RefusedAsync(GuardRefusal.MetadataUnreachable);
            Assert.Single(redirected.Server.Requests);
        }

        Assert.Empty(evil.Connections);
        Assert.Equal(0, plain.Connections);
        Assert.Empty(guard.Server.Connections);
    }

    public static TheoryData<string, GuardRefusal> UnusableAnswers => new()
    {
        { "html", GuardRefusal.MetadataInvalid },
        { "login page", GuardRefusal.MetadataInvalid },
        { "encoded", GuardRefusal.MetadataInvalid },
        { "array", GuardRefusal.MetadataInvalid },
        { "comment", GuardRefusal.MetadataInvalid },
        { "empty", GuardRefusal.MetadataInvalid },
        { "truncated", GuardRefusal.MetadataInvalid },
        { "more", GuardRefusal.MetadataInvalid },
        { "endless", GuardRefusal.MetadataUnreachable },
        { "cut", GuardRefusal.MetadataUnreachable },
        { "length too large", GuardRefusal.MetadataUnreachable },
        { "no http", GuardRefusal.MetadataUnreachable },
    };

    [Theory]
    [MemberData(nameof(UnusableAnswers))]
    public async Task Answer_IsNoMetadata_NothingIsSent(string answer, GuardRefusal refusal)
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
        await guard.RefusedAsync(GuardRefusal.MetadataUnreachable);
    }

    [Fact]
    public async Task Server_NotTrustedBecauseOfItsName_NothingIsSent()
    {
        using var certificate = TestCertificates.SelfSigned("client");
        await using var guard = GuardFixture.Start(server: new() { AskForCertificate = true, ServerCertificate = certificate });
        await guard.RefusedAsync(GuardRefusal.MetadataUnreachable);
    }

    [Fact]
    public async Task Loopback_NotAllowed_NothingIsConnected()
    {
        await using var guard = GuardFixture.Start(static options => options.AllowLoopback = false);
        await guard.RefusedAsync(GuardRefusal.AddressNotAllowed);
        Assert.Empty(guard.Server.Connections);
    }

    // AC-099
    [Theory]
    [InlineData("https://evil.test", GuardRefusal.IssuerNotAllowed)]
    [InlineData("https://AS.test", GuardRefusal.IssuerNotAllowed)]
    [InlineData("https://as.test/", GuardRefusal.IssuerNotAllowed)]
    [InlineData(TestTokenIssuer.DefaultIssuer, null)]
    public async Task AuthorizationServers_NameNoAllowedIssuer_NothingIsSent(string issuer, GuardRefusal? refusal)
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
        await guard.RefusedAsync(GuardRefusal.IssuerNotAllowed);
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
        await guard.RefusedAsync(GuardRefusal.IssuerNotAllowed);
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
        await guard.RefusedAsync(GuardRefusal.RequestOutsideResource, guard.Request($"{guard.Server.Origin}/open"));
        await open.RefusedAsync(GuardRefusal.BoundTokensNotSupported, open.Request($"{guard.Server.Origin}/open"));
        await open.RefusedAsync(GuardRefusal.RequestOutsideResource, open.Request(guard.Resource));
        Assert.Single(guard.ApiRequests);
        Assert.Equal(0, guard.Server.Occurrences(open.Token));
    }

    // AC-098: not for as long as the server says, and not for ever.
    [Fact]
    public async Task Failure_Passes_TheNextTryIsOurs()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var guard = GuardFixture.Start(clock: clock);
        guard.Metadata = _ => ScriptedAnswer.Status(404, "Retry-After: 86400", "Cache-Control: max-age=31536000");
        await guard.RefusedAsync(GuardRefusal.MetadataUnreachable);
        guard.Metadata = _ => ScriptedAnswer.Json(guard.Document());
        await guard.RefusedAsync(GuardRefusal.MetadataUnreachable);
        Assert.Equal(1, guard.MetadataRequests);

        clock.Advance(TimeSpan.FromSeconds(16));
        await guard.ArrivesAsync();
    }

    // AC-108: nothing is used past its life, whatever the server says about it.
    [Theory]
    [InlineData("Cache-Control: max-age=31536000", 60)]
    [InlineData("Cache-Control: no-store", 1)]
    public async Task Life_Over_EnforcementWithdrawn_NothingMoreIsSent(string header, int minutes)
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var guard = GuardFixture.Start(clock: clock);
        guard.Metadata = _ => ScriptedAnswer.Json(guard.Document(), header);
        await guard.ArrivesAsync();
        guard.Metadata = _ => ScriptedAnswer.Json(guard.Document(""" "x": 1 """), header);
        await guard.ArrivesAsync();

        clock.Advance(TimeSpan.FromMinutes(minutes));
        await guard.RefusedAsync(GuardRefusal.EnforcementWithdrawn);
    }

    [Fact]
    public async Task Life_Over_ResourceNamesOtherIssuers_NothingMoreIsSent()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var guard = GuardFixture.Start(clock: clock);
        await guard.ArrivesAsync();
        guard.Metadata = _ => ScriptedAnswer.Json(guard.Document(issuer: "https://evil.test"));
        clock.Advance(TimeSpan.FromHours(1));
        await guard.RefusedAsync(GuardRefusal.IssuerNotAllowed);
    }

    private static async Task ExpectAsync(GuardFixture guard, GuardRefusal? refusal)
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
