using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>What a thief adds to a request who has the token and the public certificate, and not the key.</summary>
/// <param name="Name">For theories.</param>
/// <param name="Lines">The header lines, for the certificate whose owner the thief wants to be.</param>
internal sealed record Forgery(string Name, Func<GuardedProxy, X509Certificate2, IEnumerable<string>> Lines)
{
    private static readonly string[] Others =
        ["X-Client-Cert", "X-ARR-ClientCert", "ssl-client-cert", "X-SSL-Client-DER", "X-SSL-Client-Cert", "X-Forwarded-Tls-Client-Cert", "X-Forwarded-Client-Cert", "Client-Cert", "Client-Cert-Chain"];

    internal static readonly IReadOnlyList<Forgery> All =
    [
        new("nothing", (_, _) => []),
        new("field", (proxy, stolen) => [proxy.Forged(stolen)]) { Score = ProxyScore.FieldForged },
        new("field in lower case", (proxy, stolen) => [Named(proxy, stolen, proxy.Program.Header.ToLowerInvariant())]) { Score = ProxyScore.FieldForged },
        new("field in upper case", (proxy, stolen) => [Named(proxy, stolen, proxy.Program.Header.ToUpperInvariant())]) { Score = ProxyScore.FieldForged },
        new("field twice", (proxy, stolen) => [proxy.Forged(stolen), proxy.Forged(stolen)]) { Score = ProxyScore.FieldDoubled },
        new("field in two cases", (proxy, stolen) => [proxy.Forged(stolen), Named(proxy, stolen, proxy.Program.Header.ToLowerInvariant())]) { Score = ProxyScore.FieldDoubled },
        new("field empty and full", (proxy, stolen) => [$"{proxy.Program.Header}:", proxy.Forged(stolen)]) { Score = ProxyScore.FieldDoubled },
        new("list", (proxy, stolen) => [$"{proxy.Forged(stolen)}, {ForwardedText.Of(proxy.Program.Format, stolen)}"]) { Score = ProxyScore.FieldDoubled },
        new("underscore twin", (proxy, stolen) => [Named(proxy, stolen, proxy.Program.Header.Replace('-', '_'))]) { Score = ProxyScore.UnderscoreTwin },
        new("half a twin", (proxy, stolen) => [Named(proxy, stolen, proxy.Program.Header.Replace("Client-", "Client_", StringComparison.Ordinal))]) { Score = ProxyScore.UnderscoreTwin },
        new("both twins", (proxy, stolen) => [Named(proxy, stolen, proxy.Program.Header.Replace('-', '_')), proxy.Forged(stolen)]) { Score = ProxyScore.UnderscoreTwin },
        new("Connection", (proxy, _) => [$"Connection: close, {proxy.Program.Header}"]) { Score = ProxyScore.NamedByConnection },
        new("Connection and field", (proxy, stolen) => [$"Connection: close, {proxy.Program.Header}", proxy.Forged(stolen)]) { Score = ProxyScore.NamedByConnection },
        new("two Connections and field", (proxy, stolen) => [proxy.Forged(stolen), "Connection: close", $"Connection: {proxy.Program.Header.ToLowerInvariant()}"]) { Score = ProxyScore.NamedByConnection },
        // AC-058
        new("fields of other proxies", (proxy, stolen) => Others.Where(name => name != proxy.Program.Header).Select(name => Named(proxy, stolen, name))),
        new("proxy's address", (proxy, stolen) => [proxy.Forged(stolen), "X-Forwarded-For: 127.0.0.1", "Forwarded: for=127.0.0.1", "X-Real-IP: 127.0.0.1"]),
        // AC-059
        new("blank before the colon", (proxy, stolen) => [$"{proxy.Program.Header} : {ForwardedText.Of(proxy.Program.Format, stolen)}"]) { IsMalformed = true },
        new("tab before the colon", (proxy, stolen) => [$"{proxy.Program.Header}\t: {ForwardedText.Of(proxy.Program.Format, stolen)}"]) { IsMalformed = true },
        new("blank before the name", (proxy, stolen) => [" " + proxy.Forged(stolen)]) { IsMalformed = true },
        new("line folded", (proxy, stolen) => ["X-Other: other", " " + proxy.Forged(stolen)]) { IsMalformed = true },
        new("line feed alone", (proxy, stolen) => ["X-Other: other\n" + proxy.Forged(stolen)]) { IsMalformed = true },
        new("carriage return alone", (proxy, stolen) => ["X-Other: other\r" + proxy.Forged(stolen)]) { IsMalformed = true },
        new("zero in the name", (proxy, stolen) => [Named(proxy, stolen, proxy.Program.Header + "\0")]) { IsMalformed = true },
    ];

    /// <summary>The column in the table of results, if it has one.</summary>
    internal string? Score { get; init; }

    /// <summary>Whether a proxy may answer 400 by itself.</summary>
    internal bool IsMalformed { get; init; }

    internal static Forgery Of(string name) => All.Single(forgery => forgery.Name == name);

    private static string Named(GuardedProxy proxy, X509Certificate2 stolen, string name) => $"{name}: {ForwardedText.Of(proxy.Program.Format, stolen)}";
}
