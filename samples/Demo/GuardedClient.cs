using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Demo;

/// <summary>
/// Alice again, by the sample BoundClient: it has her certificate, gets its token itself, and gives it to no server that would take it from
/// anybody. What arrived, the servers tell.
/// </summary>
internal sealed partial class GuardedClient(DemoWorld world)
{
    private const string Orders = "/orders";
    private const string Metadata = "/.well-known/oauth-protected-resource";
    private const string NotAsked = "-";

    /// <summary>All that BoundClient must be told.</summary>
    public static IReadOnlyDictionary<string, string> Configuration(DemoWorld world, string resource) => new Dictionary<string, string>
    {
        ["SSL_CERT_FILE"] = world.Folder.PathOf("ca.pem"),
        ["Api__Resource"] = resource,
        ["Api__AllowedIssuers__0"] = world.Issuer.AbsoluteUri,
        ["Api__AllowLoopback"] = "true",
        ["Tokens__Issuer"] = world.Issuer.AbsoluteUri,
        ["Tokens__ClientId"] = "alice",
        ["Certificate__Path"] = world.Folder.PathOf("client.pem"),
        ["Certificate__KeyPath"] = world.Folder.PathOf("client.key"),
    };

    public async Task<IReadOnlyList<DemoRow>> RunAsync(CancellationToken cancellationToken)
    {
        var bearerApi = await CallAsync(world.BearerApi, cancellationToken);
        var boundApi = await CallAsync(world.BoundApi, cancellationToken);
        var lyingApi = await CallLyingApiAsync(cancellationToken);
        return
        [
            Row(Orders, bearerApi, boundApi, "0 arrived: MetadataUnreachable", "200"),
            Row("/orders, it lies", lyingApi, NotAsked, "0 arrived: CertificateNotRequested", NotAsked),
        ];
    }

    private static DemoRow Row(string request, string bearerApi, string boundApi, string expectedOfBearerApi, string expectedOfBoundApi) =>
        new("alice, guarded", "hers", "hers", request, bearerApi, boundApi, expectedOfBearerApi, expectedOfBoundApi);

    private async Task<string> CallAsync(ApiProcess api, CancellationToken cancellationToken)
    {
        using var anybody = TlsClient.Create(world.Certificates.Authority, certificate: null);
        var (orders, metadata) = await CountAsync();
        var outcome = await AskAsync(api.Resource, cancellationToken);
        var (ordersAfter, metadataAfter) = await CountAsync();
        return InWords(outcome, metadataAfter - metadata, ordersAfter - orders);

        async Task<(int Orders, int Metadata)> CountAsync() =>
            (await api.CountRequestsAsync(Orders, anybody, cancellationToken), await api.CountRequestsAsync(Metadata, anybody, cancellationToken));
    }

    private async Task<string> CallLyingApiAsync(CancellationToken cancellationToken)
    {
        var outcome = await AskAsync(world.LyingApi.Resource, cancellationToken);
        return InWords(outcome, world.LyingApi.MetadataRequests, world.LyingApi.OtherRequests);
    }

    // A server that saw the request for its metadata would have seen another one too.
    private static string InWords(string outcome, int metadata, int orders) => (outcome, metadata, orders) switch
    {
        ("200", 1, 1) => outcome,
        ("200", _, _) => $"200, and {orders} arrived",
        (_, 1, _) => $"{orders} arrived: {outcome}",
        _ => $"asked {metadata} times for metadata: {outcome}",
    };

    /// <returns>The status, the name of the refusal, or all that the client printed.</returns>
    private async Task<string> AskAsync(string resource, CancellationToken cancellationToken)
    {
        using var client = new Process { StartInfo = SampleProgram.StartInfo("BoundClient", ["--once"], Configuration(world, resource)) };
        client.Start();
        try
        {
            var (output, errors) = (client.StandardOutput.ReadToEndAsync(cancellationToken), client.StandardError.ReadToEndAsync(cancellationToken));
            await client.WaitForExitAsync(cancellationToken);
            var line = Outcome().Match(await output);
            return line.Success && client.ExitCode == (line.Groups["status"].Value == "200" ? 0 : 1)
                ? line.Groups["status"].Value + line.Groups["refusal"].Value
                : $"exit code {client.ExitCode}: {await output}{await errors}";
        }
        finally
        {
            client.Kill(entireProcessTree: true);
        }
    }

    [GeneratedRegex(@"^(Answered (?<status>\d{3})|Not sent, (?<refusal>\w+):)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Outcome();
}
