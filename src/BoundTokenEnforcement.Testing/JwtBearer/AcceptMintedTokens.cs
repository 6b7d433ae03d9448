using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>Adds the mint to what each JwtBearer scheme accepts. Nothing that the application accepts or demands is taken away, except the authorization server, which a test host does not call.</summary>
internal sealed class AcceptMintedTokens(IServiceProvider services, BoundTokenMint mint) : IConfigureNamedOptions<JwtBearerOptions>
{
    internal static void AddTo(IServiceCollection services) => services.AddSingleton<IConfigureOptions<JwtBearerOptions>, AcceptMintedTokens>();

    public void Configure(string? name, JwtBearerOptions options)
    {
        TestHostGuard.RequireTestHost(services);

        // Copies: the application may share its own objects with hosts that must not accept the mint.
        var parameters = options.TokenValidationParameters = options.TokenValidationParameters.Clone();
        if (options.Configuration is { } own)
        {
            options.Configuration = new OpenIdConnectConfiguration { Issuer = own.Issuer };
            foreach (var key in own.SigningKeys)
            {
                options.Configuration.SigningKeys.Add(key);
            }
        }

        // A suite that stands in for its authorization server keeps it.
        var isStubbed = options.Backchannel is not null || options.BackchannelHttpHandler is not null;
        if (!isStubbed && (options.Authority is not null || options.MetadataAddress is not null))
        {
            // What the authorization server would say, as far as it is known without asking.
            var configuration = new OpenIdConnectConfiguration { Issuer = options.Authority };
            configuration.SigningKeys.Add(mint.PublicKey);
            options.Configuration ??= configuration;
            (options.Authority, options.MetadataAddress) = (null, null!);
        }

        options.Configuration?.SigningKeys.Add(mint.PublicKey);
        parameters.IssuerSigningKeys = [.. parameters.IssuerSigningKeys ?? [], mint.PublicKey];
        parameters.ValidIssuers = [.. parameters.ValidIssuers ?? [], BoundTokenMint.Issuer];

        // JwtBearer takes it over only where no other audience is named.
        parameters.ValidAudiences = [.. parameters.ValidAudiences ?? [], .. options.Audience is { } audience ? [audience] : Array.Empty<string>(), BoundTokenMint.Audience];
        parameters.ValidAlgorithms = parameters.ValidAlgorithms is { } algorithms && algorithms.Any() ? [.. algorithms, SecurityAlgorithms.EcdsaSha256] : parameters.ValidAlgorithms;
        parameters.ValidTypes = parameters.ValidTypes is { } types && types.Any() ? [.. types, BoundTokenMint.Type] : parameters.ValidTypes;
    }

    public void Configure(JwtBearerOptions options) => Configure(Options.DefaultName, options);
}
