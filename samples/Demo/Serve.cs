namespace Demo;

/// <summary>Keeps everything running, and says how to try it by hand.</summary>
internal static class Serve
{
    public static async Task RunAsync(DemoWorld world, TextWriter output, CancellationToken cancellationToken)
    {
        var certificates = world.Certificates;
        var folder = world.Folder;
        folder.Write("token.txt", await world.Tokens.GetBoundTokenAsync("alice", certificates.Alice, cancellationToken));

        await output.WriteLineAsync(
            $"""

            Everything keeps running until Ctrl+C. In another terminal:

              cd {folder.Path}

              # Alice, with the certificate that her token is bound to
              curl -i --cacert ca.pem --cert client.pem --key client.key -H "Authorization: Bearer $(cat token.txt)" {world.BoundApi.Resource}/orders
              curl -i --cacert ca.pem --cert client.pem --key client.key -H "Authorization: Bearer $(cat token.txt)" {world.BoundApi.Resource}/whoami

              # Whoever stole the token, but not the key
              curl -i --cacert ca.pem -H "Authorization: Bearer $(cat token.txt)" {world.BearerApi.Resource}/orders
              curl -i --cacert ca.pem -H "Authorization: Bearer $(cat token.txt)" {world.BoundApi.Resource}/orders

              # Alice's guarded client, which gets its token itself, and gives it to the second API only
              {CommandOf(world, world.BearerApi)}
              {CommandOf(world, world.BoundApi)}

              # What the bound API says about itself
              curl -i --cacert ca.pem {world.BoundApi.Resource}/.well-known/oauth-protected-resource

              # A fresh token, when this one has expired
              curl --cacert ca.pem --cert client.pem --key client.key -d grant_type=client_credentials -d client_id=alice {world.Tokens.MutualTlsTokenEndpoint}

            """.AsMemory(), cancellationToken);

        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static string CommandOf(DemoWorld world, ApiProcess api)
    {
        var settings = GuardedClient.Configuration(world, api.Resource).Select(setting => $"{setting.Key}={setting.Value}");
        return $"{string.Join(' ', settings)} Logging__LogLevel__Default=Warning dotnet {SampleProgram.PathOf("BoundClient")} --once";
    }
}
