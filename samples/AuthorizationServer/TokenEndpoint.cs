using System.Security.Claims;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AuthorizationServer;

/// <summary>Who may have a token, and what is in it. OpenIddict does the protocol, the signature and the binding.</summary>
internal sealed class TokenEndpoint(AuthorizationServerSettings settings)
{
    public ValueTask AuthenticateClient(ValidateTokenRequestContext context)
    {
        var client = settings.Clients.SingleOrDefault(client => client.ClientId == context.ClientId);
        if (client is null || !client.IsAuthenticatedBy(context.ClientSecret, context.Transaction.RemoteCertificate))
        {
            context.Reject(Errors.InvalidClient, "The client could not be authenticated.");
        }
        else if (context.Request.GetResources().Except(settings.Resources, StringComparer.Ordinal).Any())
        {
            context.Reject(Errors.InvalidTarget, "The resource is not known here.");
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask IssueToken(HandleTokenRequestContext context)
    {
        // Resources and scopes that are not registered have been refused by now.
        var resources = context.Request.GetResources();
        var scopes = context.Request.GetScopes();

        var identity = new ClaimsIdentity(authenticationType: "client_credentials");
        identity.SetClaim(Claims.Subject, context.ClientId);
        identity.SetResources(resources.IsEmpty ? [.. settings.Resources] : resources);
        identity.SetScopes(scopes.IsEmpty ? [.. settings.Scopes] : scopes);
        context.SignIn(new ClaimsPrincipal(identity));
        return ValueTask.CompletedTask;
    }
}
