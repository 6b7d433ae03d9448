using System.Net;
using BoundTokenEnforcement;

namespace BoundClient;

/// <summary>Asks for the orders, and puts what happened into one line.</summary>
internal sealed class OrdersClient(HttpClient http)
{
    public async Task<(bool Success, string Line)> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(new Uri("orders", UriKind.Relative), cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            return response.StatusCode == HttpStatusCode.OK
                ? (true, $"Answered 200: {body}")
                : (false, $"Answered {(int)response.StatusCode}");
        }
        catch (BoundTokenGuardException refused)
        {
            return (false, $"Not sent, {refused.Failure}: {refused.Message}");
        }
        catch (HttpRequestException failure)
        {
            return (false, $"No answer, {failure.HttpRequestError}: {failure.Message}");
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (false, "No answer in time");
        }
    }
}
