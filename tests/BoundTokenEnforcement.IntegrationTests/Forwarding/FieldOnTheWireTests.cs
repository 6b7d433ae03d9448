using System.Globalization;
using System.Net;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Hosting;

namespace BoundTokenEnforcement.IntegrationTests.Forwarding;

/// <summary>What only bytes can say: the lines of the field as a proxy, or somebody who speaks through one, may write them.</summary>
public sealed class FieldOnTheWireTests : IAsyncLifetime
{
    private static readonly TlsClientOptions FromProxy = new() { Source = Proxied.Proxy, AllowTlsResume = false };
    private static readonly TlsClientOptions FromStranger = new() { Source = Proxied.Stranger, AllowTlsResume = false };

    private GuardedApi _api = null!;

    private string A => _api.A.Base64();

    private string B => _api.B.Base64();

    public async ValueTask InitializeAsync()
    {
        Proxied.SkipUnlessEveryLoopbackAddressIsOnesOwn();
        _api = await GuardedApi.StartAsync(new GuardedSetup { Options = Proxied.Trusting("127.0.0.2") });
    }

    // AC-059
    [Theory]
    [InlineData("X-Client-Cert: {0}", 200)]
    [InlineData("x-client-cert: {0}", 200)]
    [InlineData("X-CLIENT-CERT:{0}", 200)]
    [InlineData("X-Client-Cert: \t {0} \t", 200)]
    [InlineData("X_Client_Cert: {0}", 401)]
    [InlineData("X-Client_Cert: {0}", 401)]
    [InlineData("X-Client-Cert : {0}", 400)]
    [InlineData("X-Client-Cert\t: {0}", 400)]
    [InlineData(" X-Client-Cert: {0}", 400)]
    [InlineData("X-Client-Cert\0: {0}", 400)]
    [InlineData("X-Client-Cert: {0}\0", 400)]
    [InlineData("X-Client-Cert: {0},", 400)]
    [InlineData("X-Client-Cert: {0}\v", 400)]
    [InlineData("X-Client-Cert: \"{0}\"", 400)]
    [InlineData("X-Client-Cert: {0}\u00a0", 400)]
    [InlineData("X-Client-Cert: \r\n {0}", 400)]
    // A lone line feed ends a line for Kestrel. What a proxy lets through inside of a value becomes a line of its own.
    [InlineData("X-Client-Cert: {0}\nX-Other: 1", 200)]
    [InlineData("X-Client-Cert: -----BEGIN\n{0}", 400)]
    [InlineData("X-Client-Cert:\r\nX-Other: 1\nX-Client-Cert: {0}", 400)]
    [Requirement("AC-059")]
    public async Task Name_OnlyAsConfigured_IsRead(string line, int status)
    {
        var answer = await SendAsync(FromProxy, string.Format(CultureInfo.InvariantCulture, line, A));

        Is(status, answer);
    }

    // AC-059: the twin with an underscore beside the field itself: each is a field of its own.
    [Theory]
    [InlineData("X_Client_Cert: {0}", "X-Client-Cert: {1}", 401)]
    [InlineData("X-Client-Cert: {1}", "X_Client_Cert: {0}", 401)]
    [InlineData("X_Client_Cert: {1}", "X-Client-Cert: {0}", 200)]
    // AC-060: doubled, in both orders, and in two spellings of one name.
    [InlineData("X-Client-Cert: {1}", "X-Client-Cert: {0}", 400)]
    [InlineData("X-Client-Cert: {0}", "X-Client-Cert: {1}", 400)]
    [InlineData("X-Client-Cert: {0}", "X-Client-Cert: {0}", 400)]
    [InlineData("x-client-cert: {1}", "X-Client-Cert: {0}", 400)]
    [InlineData("X-Client-Cert:", "X-Client-Cert: {0}", 400)]
    [InlineData("X-Client-Cert: {0}", "X-Client-Cert:", 400)]
    [Requirement("AC-059", "AC-060")]
    public async Task Field_OfTwoLines_NeitherTheFirstNorTheLastIsTaken(string first, string second, int status)
    {
        var format = CultureInfo.InvariantCulture;

        Is(status, await SendAsync(FromProxy, string.Format(format, first, A, B), string.Format(format, second, A, B)));
        if (status == 400)
        {
            Is(400, await SendAsync(FromStranger, string.Format(format, first, A, B), string.Format(format, second, A, B)));
        }
    }

    // AC-060 in HTTP/2: two fields in one block.
    [Fact]
    [Requirement("AC-060", "R9440-2.2-1")]
    public async Task Http2_FieldTwice_IsTurnedAway()
    {
        using var proxy = _api.From(Proxied.Proxy, HttpVersion.Version20);
        Action<HttpRequestMessage> twice(string first, string second) => request => request.Headers.TryAddWithoutValidation(Proxied.Field, [first, second]);

        var joined = await _api.SendAsync(proxy, twice(B, A));
        joined.AssertRejected(400);
        (await _api.SendAsync(proxy, twice(A, B))).AssertRejected(400);
        (await _api.SendAsync(proxy, Proxied.With(_api.A))).AssertIn();
        Assert.All(_api.Refusals, failure => Assert.Equal(BindingFailure.ForwardedCertificateMalformed, failure));
    }

    // AC-061: a proxy that removes what Connection names removes its own field.
    [Fact]
    [Requirement("AC-061")]
    public async Task Field_StrippedByTheProxy_IsNoCertificate()
    {
        Is(401, await SendAsync(FromProxy, "Connection: close, X-Client-Cert"));
        // To us the word has no meaning: what stands there stands there.
        Is(200, await SendAsync(FromProxy, "Connection: close, X-Client-Cert", $"X-Client-Cert: {A}"));
        Is(400, await SendAsync(FromStranger, "Connection: close, X-Client-Cert", $"X-Client-Cert: {A}"));
    }

    // AC-062
    [Theory]
    [InlineData("", 401)]
    [InlineData("   ", 401)]
    [InlineData("(null)", 401)]
    [InlineData("\"\"", 400)]
    [InlineData("-", 400)]
    [InlineData("::", 400)]
    [Requirement("AC-062")]
    public async Task Value_ThatIsNone_LetsNobodyIn(string value, int status)
    {
        Is(status, await SendAsync(FromProxy, $"X-Client-Cert: {value}"));
        Is(400, await SendAsync(FromStranger, $"X-Client-Cert: {value}"));
    }

    // AC-062: Kestrel has limits of its own; with higher ones, ours are in force.
    [Fact]
    [Requirement("AC-062")]
    public async Task Value_OfHundredKilobytes_IsTurnedAway()
    {
        await using var patient = await GuardedApi.StartAsync(new GuardedSetup
        {
            Options = Proxied.Trusting("127.0.0.2"),
            Before = (builder, _) => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestHeadersTotalSize = 1024 * 1024),
        });
        var endless = new string('A', 100 * 1024);

        Is(431, await SendAsync(FromProxy, $"X-Client-Cert: {endless}"));
        Is(400, await SendAsync(FromProxy, $"X-Client-Cert: {endless[..(20 * 1024)]}"));
        (await SendToAsync(patient, FromProxy, $"X-Client-Cert: {endless}")).AssertRejected(400);
        Assert.Equal([BindingFailure.ForwardedCertificateMalformed], patient.Refusals);
        (await SendToAsync(patient, FromProxy, $"X-Client-Cert: {patient.A.Base64()}")).AssertIn();
    }

    // Trailers come when everything has been decided.
    [Theory]
    [InlineData(null, 401)]
    [InlineData("B", 401)]
    [InlineData("A", 200)]
    public async Task Trailer_IsNotRead(string? field, int status)
    {
        var lines = new List<string> { $"Authorization: Bearer {_api.Issuer.BoundTo(_api.A)}", "Host: localhost", "Transfer-Encoding: chunked", "Trailer: X-Client-Cert" };
        if (field is not null)
        {
            lines.Add($"X-Client-Cert: {(field == "A" ? A : B)}");
        }

        var trailer = field == "A" ? B : A;
        Is(status, await _api.SendRawAsync(FromProxy, "POST / HTTP/1.1", lines, $"1\r\nx\r\n0\r\nX-Client-Cert: {trailer}\r\n\r\n"));
        Is(field is null ? 401 : 400, await _api.SendRawAsync(FromStranger, "POST / HTTP/1.1", lines, $"1\r\nx\r\n0\r\nX-Client-Cert: {trailer}\r\n\r\n"));
    }

    // R9440-2.3-2 and AC-066, over the wire and in both versions.
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    [Requirement("AC-066", "R9440-2.3-2")]
    public async Task Chain_AloneOrBesideAnotherLeaf_LetsNobodyIn(string version)
    {
        await using var api = await GuardedApi.StartAsync(new GuardedSetup
        {
            Options = options => options.UseForwardedCertificate(forwarded =>
            {
                forwarded.Format = ForwardedCertificateFormat.ClientCert;
                forwarded.TrustedProxies.Add("127.0.0.2");
            }),
        });
        using var proxy = api.From(Proxied.Proxy, Version.Parse(version));
        using var stranger = api.From(Proxied.Stranger, Version.Parse(version));
        var chain = Proxied.With("Client-Cert-Chain", $":{api.A.Base64()}:");

        await api.TurnsAwayAsync(() => api.SendAsync(proxy, chain), BindingFailure.ForwardedCertificateMalformed);
        await api.TurnsAwayAsync(() => api.SendAsync(stranger, chain), BindingFailure.ForwarderUntrusted);
        (await api.SendAsync(proxy, chain + Proxied.With("Client-Cert", $":{api.B.Base64()}:"))).AssertRefused();
        (await api.SendAsync(proxy, chain + Proxied.With("Client-Cert", $":{api.A.Base64()}:"))).AssertIn();
    }

    // One connection from the proxy carries the requests of many clients.
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Connection_OfManyClients_EachRequestHasItsOwnCertificate(string version)
    {
        using var proxy = _api.From(Proxied.Proxy, Version.Parse(version));
        var tokens = new[] { _api.Issuer.BoundTo(_api.A), _api.Issuer.BoundTo(_api.B) };
        var certificates = new[] { _api.A, _api.B, null };

        await Parallel.ForEachAsync(Enumerable.Range(0, 120), TestContext.Current.CancellationToken, async (i, _) =>
        {
            var token = i % 2;
            var certificate = i / 2 % 3;
            var answer = await _api.SendAsync(proxy, tokens[token], certificates[certificate] is { } shown ? Proxied.With(shown) : _ => { });
            if (token == certificate)
            {
                answer.AssertIn();
                Assert.EndsWith(TestCertificates.Thumbprint(certificates[certificate]!), answer.Body, StringComparison.Ordinal);
            }
            else
            {
                answer.AssertRefused();
            }
        });
    }

    // R9440-2.4-5, as it arrives.
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    [Requirement("R9440-2.4-5")]
    public async Task Answer_VariesByTheField(string version)
    {
        await using var direct = await GuardedApi.StartAsync();
        using var proxy = _api.From(Proxied.Proxy, Version.Parse(version));
        using var stranger = _api.From(Proxied.Stranger, Version.Parse(version));
        using var owner = direct.From(source: null, Version.Parse(version), direct.A);

        Assert.Equal((200, Proxied.Field), await VaryAsync(_api, proxy, Proxied.With(_api.A)));
        Assert.Equal((401, Proxied.Field), await VaryAsync(_api, proxy, Proxied.With(_api.B)));
        Assert.Equal((400, Proxied.Field), await VaryAsync(_api, stranger, Proxied.With(_api.A)));
        Assert.Equal((200, ""), await VaryAsync(direct, owner, _ => { }));
    }

    public async ValueTask DisposeAsync()
    {
        if (_api is not null)
        {
            await _api.DisposeAsync();
        }
    }

    private static async Task<(int Status, string Vary)> VaryAsync(GuardedApi api, HttpClient client, Action<HttpRequestMessage> change)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Authorization = new("Bearer", api.Issuer.BoundTo(api.A));
        change(request);
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, string.Join(", ", answer.Headers.Vary));
    }

    private static void Is(int status, GuardedAnswer answer)
    {
        if (status == 200)
        {
            answer.AssertIn();
        }
        else
        {
            answer.AssertRejected(status);
        }
    }

    private static Task<GuardedAnswer> SendToAsync(GuardedApi api, TlsClientOptions from, params string[] lines) =>
        api.SendRawAsync(from, "GET / HTTP/1.1", ["Host: localhost", $"Authorization: Bearer {api.Issuer.BoundTo(api.A)}", .. lines], string.Empty);

    private Task<GuardedAnswer> SendAsync(TlsClientOptions from, params string[] lines) => SendToAsync(_api, from, lines);
}
