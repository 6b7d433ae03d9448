using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>What the caller got.</summary>
internal sealed record Answer(int Status, IHeaderDictionary Headers, string Body)
{
    internal const string InvalidToken = """
        Bearer error="invalid_token", error_description="The access token is not valid for this request"
        """;

    internal const string InvalidRequest = """
        Bearer error="invalid_request", error_description="The token, or the certificate it is bound to, was not sent in one unambiguous header field"
        """;

    /// <summary>What a request without any token gets, where no metadata is published.</summary>
    internal const string TokenWanted = """
        Bearer realm=""
        """;

    internal string?[] Challenges => [.. Headers.WWWAuthenticate];

    internal void IsUnauthorized() => IsRefusal(StatusCodes.Status401Unauthorized, InvalidToken);

    internal void IsBadRequest() => IsRefusal(StatusCodes.Status400BadRequest, InvalidRequest);

    internal void IsRefusal(int status, string challenge)
    {
        Assert.Equal(status, Status);
        Assert.Equal([challenge], Challenges);
        Assert.Equal("no-store", Headers.CacheControl.ToString());
        Assert.False(Headers.ContainsKey(HeaderNames.SetCookie));
        Assert.Empty(Body);
    }
}
