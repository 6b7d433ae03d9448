using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace BoundTokenEnforcement;

/// <summary>Writes the answers to requests that are not let in. Nothing in them comes out of the request.</summary>
internal sealed class ChallengeWriter(ResourceMetadataUrl? metadataUrl = null)
{
    private const string NoStore = "no-store";

    // In seconds. By then a server that came back was noticed.
    private const string RetryAfter = "5";

    private readonly ConcurrentDictionary<(string Configured, string? Error, string? MetadataUrl), string> _written = new();

    /// <summary>
    /// 401 (RFC 6750 §3): with <paramref name="error"/> if a token was sent and refused, without if there was none. 503 (RFC 9110 §15.6.4) if a token was
    /// sent that could not be validated: a client that hears "invalid" discards its token.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="configured">The challenge that the application configured, of which the realm is kept.</param>
    /// <param name="error">An error code of RFC 6750 §3.1.</param>
    internal void Challenge(HttpContext context, string configured, string? error)
    {
        if (RequestBinding.Of(context) is { IsUnavailable: true })
        {
            WriteUnavailable(context.Response);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        Write(context, configured, error);
    }

    /// <summary>401 for a request that was refused whatever its scheme; once, even if several schemes are challenged.</summary>
    internal void ChallengeOnce(HttpContext context)
    {
        if (!context.Response.HasStarted)
        {
            Challenge(context, BearerCredentials.Scheme, BearerError.InvalidToken);
        }
    }

    /// <summary>
    /// Adds the error to the 401 that another scheme wrote for a request whose token was refused. What that scheme says of its realm, its scopes and its metadata stays.
    /// </summary>
    internal void AddError(HttpContext context)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            return;
        }

        response.StatusCode = StatusCodes.Status401Unauthorized;
        response.Headers.Remove(HeaderNames.Location);
        response.Headers.CacheControl = NoStore;
        var lines = response.Headers.WWWAuthenticate.OfType<string>().ToList();
        var index = lines.FindIndex(static line => BearerOf(line) is not null);
        if (index < 0)
        {
            Write(context, BearerCredentials.Scheme, BearerError.InvalidToken);
            return;
        }

        var theirs = BearerOf(lines[index])!;
        lines[index] = new BearerChallenge
        {
            Realm = theirs.Realm,
            Error = BearerError.InvalidToken,
            ErrorDescription = Description(BearerError.InvalidToken),
            Scope = theirs.Scope,
            ResourceMetadata = theirs.ResourceMetadata ?? metadataUrl?.Invoke(context),
        }.ToString();
        response.Headers.WWWAuthenticate = lines.ToArray();
    }

    /// <summary>
    /// For a request that is turned away whatever its token is worth: 400 (RFC 6750 §3.1) if its token or its certificate, or those of what follows it, could be understood in two ways, 421
    /// (RFC 9110 §15.5.20) if it came to the wrong host.
    /// </summary>
    internal void RejectRequest(HttpContext context, BindingFailure failure)
    {
        if (failure == BindingFailure.RequestMisdirected)
        {
            context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
            context.Response.Headers.CacheControl = NoStore;
            return;
        }

        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        Write(context, BearerCredentials.Scheme, BearerError.InvalidRequest);
    }

    // One text per code, whatever went wrong: the holder of a stolen token must not learn what is missing.
    private static string? Description(string? error) => error switch
    {
        BearerError.InvalidToken => "The access token is not valid for this request",
        BearerError.InvalidRequest => "The token, or the certificate it is bound to, was not sent in one unambiguous header field",
        _ => null,
    };

    // An event of the application may have said already that the token is invalid.
    private static void WriteUnavailable(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        response.Headers.Remove(HeaderNames.WWWAuthenticate);
        response.Headers.RetryAfter = RetryAfter;
        response.Headers.CacheControl = NoStore;
    }

    private void Write(HttpContext context, string configured, string? error)
    {
        var response = context.Response;
        var challenge = _written.GetOrAdd((configured, error, metadataUrl?.Invoke(context)), Compose);

        // Two schemes in one policy challenge twice; the same words twice say no more.
        if (!response.Headers.WWWAuthenticate.Contains(challenge))
        {
            response.Headers.Append(HeaderNames.WWWAuthenticate, challenge);
        }

        response.Headers.CacheControl = NoStore;
    }

    private static string Compose((string Configured, string? Error, string? MetadataUrl) key)
    {
        var challenge = new BearerChallenge
        {
            Realm = Realm(key.Configured),
            Error = key.Error,
            ErrorDescription = Description(key.Error),
            ResourceMetadata = key.MetadataUrl,
        };

        // RFC 6750 §3: at least one parameter.
        return (challenge.HasParameters ? challenge : new BearerChallenge { Realm = string.Empty }).ToString();
    }

    private static string? Realm(string configured) => BearerOf(configured)?.Realm;

    private static BearerChallenge? BearerOf(string challenge) =>
        AuthenticationChallenge.TryParseAll([challenge], out var challenges)
        && challenges is [var only]
        && BearerChallenge.TryFrom(only, out var bearer)
            ? bearer
            : null;
}
