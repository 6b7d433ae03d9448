using System.Net;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Abuse catalogue, section 5, through the real proxies and past them: a stolen token and its public certificate.</summary>
public sealed class ForgeryTests(ProxyInstallations proxies)
{
    public enum Thief
    {
        WithoutCertificate,
        WithOwnCertificate,
    }

    public static TheoryData<string, string, Thief> Table => new(
        from program in ProxyProgram.All
        from forgery in Forgery.All
        from thief in Enum.GetValues<Thief>()
        select (program.Name, forgery.Name, thief));

    public static TheoryData<string, string> WellFormed => new(
        from program in ProxyProgram.All
        from forgery in Forgery.All
        where !forgery.IsMalformed
        select (program.Name, forgery.Name));

    [Theory]
    [MemberData(nameof(Table))]
    public async Task Forged_ThroughTheProxy_IsRefused(string name, string forged, Thief thief)
    {
        var proxy = await proxies.GetAsync(name);
        var forgery = Forgery.Of(forged);
        var own = thief == Thief.WithOwnCertificate ? proxy.Api.B : null;

        var answer = await proxy.SendRawAsync(own, proxy.Api.Issuer.BoundTo(proxy.Api.A), forgery.Lines(proxy, proxy.Api.A));

        if (forgery.Score is { } score)
        {
            ProxyScore.Forgery(name, score, answer);
        }

        if (answer.Status == 400 && forgery.IsMalformed)
        {
            answer.AssertRejected(400);
        }
        else
        {
            answer.AssertRefused();
        }
    }

    // The twin: the same lines about somebody else, from the owner. The proxy writes over them, and the owner is not locked out.
    [Theory]
    [MemberData(nameof(WellFormed))]
    [Requirement("AC-061")]
    public async Task Forged_ByTheTokensOwner_ComesInAsTheOwner(string name, string forged)
    {
        var proxy = await proxies.GetAsync(name);

        var answer = await proxy.SendRawAsync(proxy.Api.A, proxy.Api.Issuer.BoundTo(proxy.Api.A), Forgery.Of(forged).Lines(proxy, proxy.Api.B));

        if (name == "Apache" && Forgery.Of(forged).Score == ProxyScore.NamedByConnection)
        {
            // AC-061: Apache drops its own field if the client says so, which is nobody's loss but the client's.
            answer.AssertRefused();
        }
        else
        {
            Assert.Contains(TestCertificates.Thumbprint(proxy.Api.A), answer.AssertIn().Body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(ProxyInstallations.Names), MemberType = typeof(ProxyInstallations))]
    [Requirement("R9440-4-2")]
    public async Task Forged_OverHttp2_IsRefused(string name)
    {
        var proxy = await proxies.GetAsync(name);
        var (header, value) = (proxy.Program.Header, ForwardedText.Of(proxy.Program.Format, proxy.Api.A));
        (string, string)[][] forgeries = [[], [(header, value)], [(header, value), (header.ToLowerInvariant(), value)], [(header.Replace('-', '_'), value)]];
        foreach (var own in new[] { null, proxy.Api.B })
        {
            foreach (var fields in forgeries)
            {
                (await proxy.SendAsync(own, proxy.Api.Issuer.BoundTo(proxy.Api.A), HttpVersion.Version20, fields)).AssertRefused();
            }
        }
    }

    // Kestrel keeps trailers apart from headers, and so it stays.
    [Theory]
    [MemberData(nameof(ProxyInstallations.Names), MemberType = typeof(ProxyInstallations))]
    public async Task Forged_AsTrailer_IsRefused(string name)
    {
        var proxy = await proxies.GetAsync(name);
        string[] lines = ["Transfer-Encoding: chunked", $"Trailer: {proxy.Program.Header}", "Content-Type: text/plain"];
        var body = $"1\r\nx\r\n0\r\n{proxy.Forged(proxy.Api.A)}\r\n\r\n";

        (await proxy.SendRawAsync(proxy.Api.B, proxy.Api.Issuer.BoundTo(proxy.Api.A), "POST / HTTP/1.1", lines, body)).AssertRefused();
        (await proxy.SendRawAsync(proxy.Api.A, proxy.Api.Issuer.BoundTo(proxy.Api.A), "POST / HTTP/1.1", lines, body)).AssertIn();
    }

    // AC-057
    [Theory]
    [MemberData(nameof(ProxyInstallations.Names), MemberType = typeof(ProxyInstallations))]
    [Requirement("AC-057")]
    public async Task Forged_PastTheProxy_IsRefused(string name)
    {
        var proxy = await proxies.GetAsync(name);
        var elsewhere = IPAddress.Parse("127.0.0.2");
        var stolen = proxy.Api.Issuer.BoundTo(proxy.Api.A);
        var forged = proxy.Forged(proxy.Api.A);
        foreach (var lines in new string[][] { [forged], [forged, "X-Forwarded-For: 127.0.0.1", "Forwarded: for=127.0.0.1"], [forged, forged] })
        {
            ProxyScore.Forgery(name, ProxyScore.PastTheProxy, await proxy.SendPastAsync(elsewhere, stolen, lines)).AssertRejected(400);
        }

        ProxyScore.Forgery(name, ProxyScore.PastTheProxy, await proxy.SendPastAsync(elsewhere, stolen)).AssertRefused();

        // The twin, and the reason why nobody else may be at the proxy's address.
        (await proxy.SendPastAsync(IPAddress.Loopback, stolen, forged)).AssertIn();
    }

    // What the API would not look at does not get that far: the next application may not be as exact about names.
    [Theory]
    [MemberData(nameof(ProxyInstallations.Names), MemberType = typeof(ProxyInstallations))]
    public async Task Forged_UnderEitherName_DoesNotArrive(string name)
    {
        var proxy = await proxies.GetAsync(name);
        var header = proxy.Program.Header;
        using var client = proxy.Process.CreateClient(new TlsClientOptions { AllowTlsResume = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/fields");
        request.Headers.TryAddWithoutValidation(header, "forged");
        request.Headers.TryAddWithoutValidation(header.Replace('-', '_'), "forged");
        request.Headers.TryAddWithoutValidation("X-Other", "arrives");
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var arrived = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Contains("arrives", arrived, StringComparison.Ordinal);
        Assert.DoesNotContain("forged", arrived, StringComparison.Ordinal);
        Assert.DoesNotContain(header.Replace('-', '_'), arrived, StringComparison.OrdinalIgnoreCase);
    }
}
