using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>Tokens at the edge of their life, and tokens in the wrong hands by the hundred.</summary>
internal static class TokenFaults
{
    private const int Thieves = 8;
    private const int PerThief = 25;
    private const int AfterTheEnd = 20;

    internal static IReadOnlyList<Fault> All { get; } =
    [
        new("token expires while it is used", ExpireAsync),
        new("flood of one stolen token", StealAsync),
    ];

    private static async Task<string> ExpireAsync(SoakScene scene)
    {
        var token = scene.Client.Issuer.BoundTo(scene.Client.Certificate, static claims => claims["exp"] = claims["iat"]!.GetValue<long>() + 2);
        var requests = await SoakScene.UntilAsync(() => scene.Client.SendAsync(token), 401, 200);
        for (var i = 0; i < AfterTheEnd; i++)
        {
            await scene.TryAsync(() => scene.Client.SendAsync(token), "an expired token", 401);
        }

        await scene.LastAsync();
        return $"let in {requests - 1} times, then refused {AfterTheEnd + 1} times out of {AfterTheEnd + 1}";
    }

    private static async Task<string> StealAsync(SoakScene scene)
    {
        var token = scene.Client.Issuer.BoundTo(scene.Client.Certificate);
        var thieves = Enumerable.Range(0, Thieves).Select(_ => scene.Endpoint.CreateClient(TestCertificates.SelfSigned("thief"))).ToArray();
        try
        {
            // On all connections at the same time as on the right one.
            var stolen = thieves.Select(thief => Task.Run(() => StealAsync(scene, thief, token)));
            await Task.WhenAll(stolen.Append(Task.Run(() => GoOnAsync(scene, token))));
        }
        finally
        {
            Array.ForEach(thieves, static thief => thief.Dispose());
        }

        await scene.LastAsync();
        return $"refused {Thieves * PerThief} times, let in {PerThief} times where it belongs";
    }

    private static async Task GoOnAsync(SoakScene scene, string token)
    {
        for (var i = 0; i < PerThief; i++)
        {
            await SoakScene.ExpectAsync(() => scene.Client.SendAsync(token), "the token in the right hands", 200);
        }
    }

    private static async Task StealAsync(SoakScene scene, HttpMessageInvoker thief, string token)
    {
        for (var i = 0; i < PerThief; i++)
        {
            await scene.TryAsync(
                async () =>
                {
                    using var request = new HttpRequestMessage(HttpMethod.Get, scene.Endpoint.Address);
                    request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
                    using var response = await thief.SendAsync(request, CancellationToken.None);
                    return (int)response.StatusCode;
                },
                "a stolen token",
                401);
        }
    }
}
