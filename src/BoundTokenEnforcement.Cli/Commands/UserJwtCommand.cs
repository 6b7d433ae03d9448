using System.CommandLine;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>Makes a bound token out of one of <c>dotnet user-jwts</c>.</summary>
internal static class UserJwtCommand
{
    internal static Command Create()
    {
        var certificates = new Option<DirectoryInfo?>("--certificate-folder") { Description = "Where client.pem and client.key are, or are written. Default: a folder in your user profile." };
        var tokenOnly = new Option<bool>("--token-only") { Description = "Print the token and nothing else." };
        var command = new Command("user-jwt", "Makes a bound access token for development. All other options are those of 'dotnet user-jwts create'.") { certificates, tokenOnly };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.UnmatchedTokens, parsed.GetValue(certificates) ?? DevelopmentCertificate.DefaultFolder, parsed.GetValue(tokenOnly), parsed.InvocationConfiguration, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        IReadOnlyList<string> userJwtsOptions, DirectoryInfo folder, bool tokenOnly, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        try
        {
            var unbound = await UserJwts.CreateAsync(userJwtsOptions, cancellationToken).ConfigureAwait(false);
            var key = await UserJwts.KeyAsync(userJwtsOptions, cancellationToken).ConfigureAwait(false);
            using var certificate = DevelopmentCertificate.LoadOrCreate(folder, TimeProvider.System);
            var token = Bind(unbound, key, CertificateThumbprint.Of(certificate));
            await console.Output.WriteLineAsync(tokenOnly ? token : Describe(token, folder)).ConfigureAwait(false);
            return 0;
        }
        catch (Exception e) when (e is UserJwtsException or IOException or UnauthorizedAccessException)
        {
            await console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return 1;
        }
    }

    /// <summary>The same claims with a confirmation (RFC 8705 §3.1), signed with the same key.</summary>
    internal static string Bind(string unbound, byte[] key, CertificateThumbprint thumbprint)
    {
        var token = new JsonWebToken(unbound);
        var claims = JsonNode.Parse(Base64UrlEncoder.Decode(token.EncodedPayload))!.AsObject();
        claims["cnf"] = new JsonObject { ["x5t#S256"] = thumbprint.ToString() };
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            claims.ToJsonString(), new SigningCredentials(new SymmetricSecurityKey(key), SecurityAlgorithms.HmacSha256));
    }

    private static string Describe(string token, DirectoryInfo folder)
    {
        var (certificate, key) = (DevelopmentCertificate.CertificateIn(folder), DevelopmentCertificate.KeyIn(folder));
        return $"""
            Token:        {token}
            Certificate:  {certificate}
            Key:          {key}

            Send both, to the https address of the API:

              curl --cert "{certificate}" --key "{key}" -H "Authorization: Bearer {token}" https://localhost:PORT/
            """;
    }
}
