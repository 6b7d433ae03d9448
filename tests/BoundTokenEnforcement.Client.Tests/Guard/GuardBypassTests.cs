using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement.Client.Tests.Guard;

/// <summary>Attempts to get past the guard. A red one is a finding.</summary>
public sealed class GuardBypassTests
{
    private static X509Certificate2 Certificate { get; } = TestCertificates.SelfSigned("client-1");

    private static X509Certificate2 OtherCertificate { get; } = TestCertificates.SelfSigned("client-2");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static SocketsHttpHandler Unguarded() => new() { SslOptions = new() { CertificateChainPolicy = Localhost.Trust() } };

    private static void Configure(BoundTokenGuardOptions options, RecordingResource server, IClientCertificateProvider? provider = null)
    {
        options.Resource = server.Resource;
        options.AllowedIssuers.Add(RecordingResource.Issuer);
        options.AllowLoopback = true;
        options.ServerCertificateChainPolicy = Localhost.Trust();
        if (provider is null)
        {
            options.ClientCertificate = Certificate;
        }
        else
        {
            options.ClientCertificates = provider;
        }
    }

    private static ServiceProvider Guarded(RecordingResource server, Action<BoundTokenGuardOptions>? more = null, IClientCertificateProvider? provider = null, LogCapture? logs = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging =>
        {
            if (logs is not null)
            {
                logging.SetMinimumLevel(LogLevel.Trace).AddProvider(logs);
            }
        });
        services.AddHttpClient("api").AddBoundTokenGuard(options =>
        {
            Configure(options, server, provider);
            more?.Invoke(options);
        });
        return services.BuildServiceProvider();
    }

    private static HttpClient Client(IServiceProvider services) => services.GetRequiredService<IHttpClientFactory>().CreateClient("api");

    private static HttpRequestMessage Request(string url, string token = "opaque") =>
        new(HttpMethod.Get, url) { Headers = { Authorization = new("Bearer", token) } };

    // the usual way to silence HttpClient logging also removes the alarm.
    [Fact]
    public async Task AllFiltersRemoved_PrimaryReplaced_NothingArrives()
    {
        await using var good = await RecordingResource.StartAsync();
        await using var evil = await RecordingResource.StartAsync(ClientCertificateMode.NoCertificate);
        var services = new ServiceCollection();
        services.AddHttpClient("api").AddBoundTokenGuard(options => Configure(options, good)).ConfigurePrimaryHttpMessageHandler(Unguarded);
        services.RemoveAll<IHttpMessageHandlerBuilderFilter>();
        await using var provider = services.BuildServiceProvider();
        using var request = Request(evil.Resource);
        await Record.ExceptionAsync(async () => await Client(provider).SendAsync(request, Cancellation));
        Assert.Empty(evil.Authorizations);
    }

    // a filter that stands before ours acts after it.
    [Fact]
    public async Task FilterBeforeOurs_ReplacesPrimary_NothingArrives()
    {
        await using var good = await RecordingResource.StartAsync();
        await using var evil = await RecordingResource.StartAsync(ClientCertificateMode.NoCertificate);
        var services = new ServiceCollection();
        services.AddHttpClient("api").AddBoundTokenGuard(options => Configure(options, good));
        services.Insert(0, ServiceDescriptor.Singleton<IHttpMessageHandlerBuilderFilter>(new ReplacingFilter()));
        await using var provider = services.BuildServiceProvider();
        using var request = Request(evil.Resource);
        await Record.ExceptionAsync(async () => await Client(provider).SendAsync(request, Cancellation));
        Assert.Empty(evil.Authorizations);
    }

    // the chain policy can switch the check of the server off.
    [Fact]
    [Requirement("R6750-5.2-2")]
    public async Task ChainPolicy_AllFlags_ServerOfAnUnknownAuthorityGetsNothing()
    {
        await using var server = await RecordingResource.StartAsync();
        await using var provider = Guarded(server, options => options.ServerCertificateChainPolicy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            VerificationFlags = X509VerificationFlags.AllFlags,
        });
        using var request = Request(server.Resource);
        await Record.ExceptionAsync(async () => await Client(provider).SendAsync(request, Cancellation));
        Assert.Empty(server.Authorizations);
    }

    // "The name is always checked."
    [Fact]
    public async Task ChainPolicy_AllFlags_NameIsStillChecked()
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("other.example");
        var wanted = new CertificateRequest("CN=other.example", key, System.Security.Cryptography.HashAlgorithmName.SHA256) { CertificateExtensions = { names.Build() } };
        using var made = wanted.CreateSelfSigned(Localhost.ServerCertificate.NotBefore, Localhost.ServerCertificate.NotAfter);
        using var nameless = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
        var requests = 0;
        await using var server = await TlsApiHost.StartAsync(
            _ => { },
            app => app.Run(_ =>
            {
                requests++;
                return Task.CompletedTask;
            }),
            (kestrel, _) => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(https => https.ServerCertificate = nameless)));
        await using var good = await RecordingResource.StartAsync();
        await using var provider = Guarded(good, options =>
        {
            options.Resource = $"https://localhost:{server.Port}";
            options.ServerCertificateChainPolicy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, VerificationFlags = X509VerificationFlags.AllFlags };
        });
        using var request = Request($"https://localhost:{server.Port}");
        var thrown = await Record.ExceptionAsync(async () => await Client(provider).SendAsync(request, Cancellation));
        TestContext.Current.TestOutputHelper?.WriteLine($"{thrown}");
        Assert.Equal(0, requests);
    }

    // what the Host property does not show is sent all the same.
    [Theory]
    [InlineData("evil.example,")]
    [InlineData("a b")]
    public async Task HostHeader_NotReadable_NotSent(string host)
    {
        await using var server = await RecordingResource.StartAsync();
        await using var provider = Guarded(server);
        using var request = Request(server.Resource);
        request.Version = HttpVersion.Version11;
        request.Headers.TryAddWithoutValidation("Host", host);
        await Assert.ThrowsAsync<BoundTokenGuardException>(() => Client(provider).SendAsync(request, Cancellation));
    }

    [Fact]
    public async Task HostHeader_Twice_NotSent()
    {
        await using var server = await RecordingResource.StartAsync();
        await using var provider = Guarded(server);
        using var request = Request(server.Resource);
        request.Version = HttpVersion.Version11;
        request.Headers.TryAddWithoutValidation("Host", [new Uri(server.Resource).Authority, "evil.example"]);
        await Assert.ThrowsAsync<BoundTokenGuardException>(() => Client(provider).SendAsync(request, Cancellation));
    }

    // 5b — the same on the wire, as a server that is less strict than Kestrel would read it.
    [Theory]
    [InlineData("a b", 0)]
    [InlineData("evil.example", 1)]
    public async Task HostHeader_Wire_HasOnlyTheResource(string host, int how)
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var seen = new TaskCompletionSource<string>();
        var serving = Task.Run(async () =>
        {
            while (true)
            {
                using var socket = await listener.AcceptTcpClientAsync(Cancellation);
                await using var tls = new System.Net.Security.SslStream(socket.GetStream());
                await tls.AuthenticateAsServerAsync(
                    new System.Net.Security.SslServerAuthenticationOptions { ServerCertificate = Localhost.ServerCertificate, ClientCertificateRequired = true, RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null },
                    Cancellation);
                var buffer = new byte[8192];
                var text = System.Text.Encoding.ASCII.GetString(buffer, 0, await tls.ReadAsync(buffer, Cancellation));
                var body = $$"""{"resource":"https://localhost:{{port}}","authorization_servers":["{{RecordingResource.Issuer}}"],"tls_client_certificate_bound_access_tokens":true}""";
                await tls.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"), Cancellation);
                if (text.Contains("Bearer", StringComparison.Ordinal))
                {
                    seen.SetResult(text);
                    return;
                }
            }
        }, Cancellation);
        var services = new ServiceCollection();
        services.AddHttpClient("api").AddBoundTokenGuard(options =>
        {
            options.Resource = $"https://localhost:{port}";
            options.AllowedIssuers.Add(RecordingResource.Issuer);
            options.AllowLoopback = true;
            options.ServerCertificateChainPolicy = Localhost.Trust();
            options.ClientCertificate = Certificate;
        });
        await using var provider = services.BuildServiceProvider();
        using var request = Request($"https://localhost:{port}");
        request.Version = HttpVersion.Version11;
        request.Headers.TryAddWithoutValidation("Host", how == 0 ? [host] : [$"localhost:{port}", host]);
        var thrown = await Record.ExceptionAsync(async () => await Client(provider).SendAsync(request, Cancellation));
        var wire = thrown is BoundTokenGuardException ? string.Empty : await seen.Task;
        TestContext.Current.TestOutputHelper?.WriteLine(wire.ReplaceLineEndings(" | "));
        Assert.DoesNotContain(host, wire, StringComparison.Ordinal);
    }

    // the hint looks at one Authorization value, the wire carries all of them.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task AuthorizationRaw_TokenOfAnotherCertificate_NotSent(int how)
    {
        await using var server = await RecordingResource.StartAsync();
        await using var provider = Guarded(server);
        using var issuer = new TestTokenIssuer { Issuer = RecordingResource.Issuer };
        var token = issuer.BoundTo(OtherCertificate);
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Resource) { Version = HttpVersion.Version11 };
        request.Headers.TryAddWithoutValidation("Authorization", how switch
        {
            0 => [$"Bearer {token}"],
            1 => ["Basic eDp5", $"Bearer {token}"],
            _ => [$"Bearer\t{token}"],
        });
        var thrown = await Record.ExceptionAsync(async () => await Client(provider).SendAsync(request, Cancellation));
        TestContext.Current.TestOutputHelper?.WriteLine($"{thrown?.Message} | {string.Join(" ; ", server.Authorizations)}");
        Assert.DoesNotContain(server.Authorizations, sent => sent?.Contains(token, StringComparison.Ordinal) == true);
        Assert.IsType<BoundTokenGuardException>(thrown);
    }

    // a record prints what it holds.
    [Fact]
    public async Task ObtainedToken_InTheOptionsOfARequest_DoesNotPrintTheToken()
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        await using var api = await RecordingApi.StartAsync();
        await using var client = new TokenClient(server.Issuer, new SwitchedCertificate(Certificate), api.Resource);
        using var request = new HttpRequestMessage(HttpMethod.Get, api.Resource);
        await client.Http.SendAsync(request, Cancellation);
        Assert.DoesNotContain(request.Options, option => option.Value?.ToString()?.Contains(server.Given.First(), StringComparison.Ordinal) == true);
    }

    // a provider that reads the same certificate again and later disposes the old object, as it is told it may.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SameCertificateReadAgain_OldObjectDisposed_KeepsWorking(bool withTokens)
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        await using var api = await RecordingApi.StartAsync();
        var pfx = Certificate.Export(X509ContentType.Pfx);
        var first = X509CertificateLoader.LoadPkcs12(pfx, null);
        var current = new SwitchedCertificate(first);
        await using var client = new TokenClient(server.Issuer, current, api.Resource);
        await SendAsync();
        current.Current = X509CertificateLoader.LoadPkcs12(pfx, null);
        await SendAsync();
        first.Dispose();
        await SendAsync();

        async Task SendAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, api.Resource) { Headers = { ConnectionClose = true }, Version = HttpVersion.Version11 };
            if (!withTokens)
            {
                request.Headers.Authorization = new("Bearer", "opaque");
            }

            using var response = await client.Http.SendAsync(request, Cancellation);
        }
    }

    // an honest server names its metadata in every 401; each one stops everybody for a second.
    [Fact]
    public async Task Honest401s_CostOneFetchMore()
    {
        await using var server = await RecordingResource.StartAsync();
        server.Answer = context =>
        {
            if (context.Request.Headers.Authorization == "Bearer bad")
            {
                context.Response.StatusCode = 401;
                context.Response.Headers.WWWAuthenticate = $"Bearer error=\"invalid_token\", resource_metadata=\"{ResourceIdentifier.Parse(server.Resource).MetadataUrl}\"";
            }
        };
        await using var provider = Guarded(server);
        using (var warm = Request(server.Resource))
        {
            await Client(provider).SendAsync(warm, Cancellation);
        }

        for (var i = 0; i < 20; i++)
        {
            using var bad = Request(server.Resource, "bad");
            await Client(provider).SendAsync(bad, Cancellation);
            using var good = Request(server.Resource);
            await Client(provider).SendAsync(good, Cancellation);
        }

        // One more than without any 401, and none again while that document is young.
        Assert.Equal(2, server.MetadataRequests);
    }

    // exceptions that are not our own type.
    [Fact]
    public async Task Issuer_HalfASurrogate_IsARefusal()
    {
        await using var server = await RecordingResource.StartAsync();
        await using var provider = Guarded(server);
        var thumbprint = CertificateThumbprint.Of(Certificate).ToString();
        var payload = System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes($$$"""{"iss":"\ud800","cnf":{"x5t#S256":"{{{thumbprint}}}"}}"""));
        using var request = Request(server.Resource, $"eyJhbGciOiJFUzI1NiJ9.{payload}.e30");
        var thrown = await Record.ExceptionAsync(async () => await Client(provider).SendAsync(request, Cancellation));
        Assert.IsType<BoundTokenGuardException>(thrown);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ProviderThrows_IsARefusal(bool disposed)
    {
        await using var server = await RecordingResource.StartAsync();
        var gone = X509CertificateLoader.LoadPkcs12(Certificate.Export(X509ContentType.Pfx), null);
        gone.Dispose();
        await using var provider = Guarded(server, provider: disposed ? new SwitchedCertificate(gone) : new ThrowingProvider());
        using var request = Request(server.Resource);
        var thrown = await Record.ExceptionAsync(async () => await Client(provider).SendAsync(request, Cancellation));
        Assert.IsType<BoundTokenGuardException>(thrown);
    }

    // checked before the wait, sent after it.
    [Fact]
    public async Task RequestChangedWhileMetadataIsFetched_NothingArrivesElsewhere()
    {
        await using var server = await RecordingResource.StartAsync();
        await using var evil = await RecordingResource.StartAsync(ClientCertificateMode.RequireCertificate);
        var asked = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        server.BeforeMetadata = async () =>
        {
            asked.TrySetResult();
            await go.Task;
        };
        await using var provider = Guarded(server);
        using var request = Request(server.Resource);
        var sending = Record.ExceptionAsync(async () => await Client(provider).SendAsync(request, Cancellation));
        await asked.Task;
        request.RequestUri = new Uri(evil.Resource);
        go.SetResult();
        await sending;
        Assert.Empty(evil.Authorizations);
    }

    // flow that is suppressed already.
    [Fact]
    public async Task FlowSuppressed_StillWorks()
    {
        await using var server = await RecordingResource.StartAsync();
        await using var provider = Guarded(server);
        var client = Client(provider);
        using var request = Request(server.Resource);
        Task<HttpResponseMessage> sending;
        using (ExecutionContext.SuppressFlow())
        {
            sending = client.SendAsync(request, Cancellation);
        }

        using var response = await sending;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    // addresses that carry others inside, or are metadata services of clouds.
    [Theory]
    [InlineData("::ffff:0:127.0.0.1", true)]
    [InlineData("::ffff:0:169.254.169.254", true)]
    [InlineData("::ffff:169.254.169.254", true)]
    [InlineData("fd00:ec2::254", true)]
    [InlineData("100.100.100.200", true)]
    [InlineData("fe80::1%1", true)]
    [InlineData("64:ff9b::7f00:1", true)]
    [InlineData("::", true)]
    [InlineData("::127.0.0.1", true)]
    [InlineData("255.255.255.255", true)]
    public void Addresses_OfThisMachineOrOfClouds_NeverAllowed(string address, bool privateNetworks) =>
        Assert.False(new AllowedAddresses(loopback: false, privateNetworks).Contains(IPAddress.Parse(address)));

    // redirects, proxies and a guard in place: what should hold.
    [Fact]
    public async Task NoCertificateAsked_NothingArrives()
    {
        await using var server = await RecordingResource.StartAsync(ClientCertificateMode.NoCertificate);
        await using var provider = Guarded(server);
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20, HttpVersion.Version30 })
        {
            using var request = Request(server.Resource);
            request.Version = version;
            var refused = await Assert.ThrowsAsync<BoundTokenGuardException>(() => Client(provider).SendAsync(request, Cancellation));
            Assert.Equal(GuardFailure.CertificateNotRequested, refused.Failure);
        }

        Assert.Empty(server.Authorizations);
    }

    [Fact]
    public async Task AfterTrace_NoLogHasTheToken()
    {
        await using var server = await RecordingResource.StartAsync();
        using var logs = new LogCapture();
        await using var provider = Guarded(server, logs: logs);
        using var request = Request(server.Resource + "/?access_token=s3cret-in-query", "s3cret-in-header");
        using var response = await Client(provider).SendAsync(request, Cancellation);
        Assert.NotEmpty(logs.Records);
        Assert.DoesNotContain(logs.Records, record => record.Message.Contains("s3cret", StringComparison.Ordinal));
    }

    // 14b — an answer that is being read while its certificate is forgotten.
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task PoolForgotten_WhileAnAnswerIsRead_TheAnswerIsWhole(string version)
    {
        await using var server = await RecordingResource.StartAsync();
        var go = new TaskCompletionSource();
        server.AnswerAsync2 = async context =>
        {
            if (context.Request.Path == "/slow")
            {
                await context.Response.WriteAsync("a", Cancellation);
                await context.Response.Body.FlushAsync(Cancellation);
                await go.Task;
                await context.Response.WriteAsync("z", Cancellation);
            }
        };
        var current = new SwitchedCertificate(Certificate);
        await using var provider = Guarded(server, provider: current);
        using var slow = Request(server.Resource + "/slow");
        slow.Version = Version.Parse(version);
        using var answer = await Client(provider).SendAsync(slow, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        for (var i = 0; i < 5; i++)
        {
            current.Current = TestCertificates.SelfSigned($"next-{i}");
            using var request = Request(server.Resource);
            await Client(provider).SendAsync(request, Cancellation);
        }

        go.SetResult();
        Assert.Equal("az", await answer.Content.ReadAsStringAsync(Cancellation));
    }

    // after the container is gone.
    [Fact]
    public async Task Disposed_NothingIsSentAnyMore()
    {
        await using var server = await RecordingResource.StartAsync();
        var provider = Guarded(server);
        var client = Client(provider);
        using (var request = Request(server.Resource))
        {
            await client.SendAsync(request, Cancellation);
        }

        await provider.DisposeAsync();
        using var late = Request(server.Resource);
        await Record.ExceptionAsync(async () => await client.SendAsync(late, Cancellation));
        Assert.Single(server.Authorizations);
    }

    [Fact]
    public void AddBoundTokenGuard_TwiceOnOneName_Throws()
    {
        var client = new ServiceCollection().AddHttpClient("api").AddBoundTokenGuard(static _ => { });

        Assert.Throws<InvalidOperationException>(() => client.AddBoundTokenGuard(static _ => { }));
        client.Services.AddHttpClient("other").AddBoundTokenGuard(static _ => { });
    }

    private sealed class ThrowingProvider : IClientCertificateProvider
    {
        public X509Certificate2 Current => throw new HttpRequestException("the vault did not answer");
    }

    private sealed class ReplacingFilter : IHttpMessageHandlerBuilderFilter
    {
        public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
        {
            next(builder);
            builder.PrimaryHandler = Unguarded();
        };
    }
}
