using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;

namespace Demo;

/// <summary>Somebody with a token (or none) and a certificate (or none), and how to name the three.</summary>
internal sealed record Caller(string Name, string TokenName, string? Token, string CertificateName, X509Certificate2? Certificate)
{
    public static Caller Anybody { get; } = new("anybody", "none", null, "none", null);

    /// <summary>Makes the call over a connection of its own, and puts the answer into words with <paramref name="describe"/>.</summary>
    public async Task<string> GetAsync(string url, X509Certificate2 authority, Func<HttpResponseMessage, Task<string>> describe, CancellationToken cancellationToken)
    {
        using var http = TlsClient.Create(authority, Certificate);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Authorization = Token is null ? null : new AuthenticationHeaderValue("Bearer", Token);
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            return await describe(response);
        }
        catch (HttpRequestException failure)
        {
            return $"no answer: {failure.HttpRequestError}";
        }
    }
}
