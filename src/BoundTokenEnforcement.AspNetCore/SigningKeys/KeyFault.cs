using System.Net;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.Configuration;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace BoundTokenEnforcement;

/// <summary>Why keys could not be fetched, in words. Nothing in them comes from the other side but the status.</summary>
internal static class KeyFault
{
    internal static string Describe(Exception fault)
    {
        for (var e = fault; e is not null; e = e.InnerException)
        {
            if (Told(e) is { } told)
            {
                return told;
            }
        }

        return "the answer could not be understood";
    }

    private static string? Told(Exception e) => e switch
    {
        TimeoutRejectedException or TaskCanceledException => "there was no complete answer in time",
        BrokenCircuitException => "it failed so often that it is left alone for a moment",
        InvalidConfigurationException => "there is no usable key in the answer",
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => "the answer is too long",
        HttpRequestException { StatusCode: { } status } => $"the answer is {(int)status}",
        HttpRequestException => "there was no connection, or it broke off",
        _ when e.Data[HttpDocumentRetriever.StatusCode] is HttpStatusCode status => $"the answer is {(int)status}",
        _ => null,
    };
}
