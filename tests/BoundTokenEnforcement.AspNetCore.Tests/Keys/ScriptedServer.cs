using System.Net;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace BoundTokenEnforcement.AspNetCore.Tests.Keys;

/// <summary>An authorization server in the place of the application's own back channel handler.</summary>
internal sealed class ScriptedServer : HttpMessageHandler
{
    private int _requests;

    internal bool IsDown { get; set; }

    /// <summary>Every answer waits for this.</summary>
    internal Task Gate { get; set; } = Task.CompletedTask;

    internal string Keys { get; set; } = Api.Issuer.Jwks;

    internal int Requests => _requests;

    /// <summary>Makes a scheme fetch its keys from here.</summary>
    internal void Configure(JwtBearerOptions options)
    {
        options.Configuration = null;
        options.Authority = TestTokenIssuer.DefaultIssuer;
        options.BackchannelHttpHandler = this;
        options.TokenValidationParameters.ValidIssuer = null;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _requests);
        await Gate;
        return IsDown ? new HttpResponseMessage(HttpStatusCode.NotFound) : new HttpResponseMessage { Content = new StringContent(Document(request)) };
    }

    private string Document(HttpRequestMessage request) => request.RequestUri!.AbsolutePath == "/keys"
        ? Keys
        : $$"""{"issuer":"{{TestTokenIssuer.DefaultIssuer}}","jwks_uri":"{{TestTokenIssuer.DefaultIssuer}}/keys"}""";
}
