using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;

namespace BoundTokenEnforcement;

/// <summary>
/// Puts our way of fetching keys into the guarded schemes that fetch them by themselves. Stands directly before the framework's own last step and does that
/// step itself, so that the client it makes is made over our handler; the framework then finds nothing left to do.
/// </summary>
internal sealed class SigningKeyPostConfigureOptions(
    EnforcementPolicy enforcement, IOptions<AuthenticationOptions> schemes, KeyTelemetry telemetry, TimeProvider clock) : IPostConfigureOptions<JwtBearerOptions>
{
    private static readonly JwtBearerPostConfigureOptions Framework = new();

    public void PostConfigure(string? name, JwtBearerOptions options)
    {
        if (name is null || !IsGuarded(name) || !FetchesByItself(options))
        {
            return;
        }

        var keys = enforcement.Current.SigningKeys;
        options.BackchannelHttpHandler = new ResilientBackchannelHandler(options.BackchannelHttpHandler ?? new HttpClientHandler(), keys, clock);
        Framework.PostConfigure(name, options);

        var documents = new HttpDocumentRetriever(options.Backchannel) { RequireHttps = options.RequireHttpsMetadata };
        options.ConfigurationManager = new SigningKeyConfigurationManager(name, options.MetadataAddress, documents, keys, telemetry, clock)
        {
            RefreshInterval = options.RefreshInterval,
            AutomaticRefreshInterval = Min(options.AutomaticRefreshInterval, keys.MaxAge / 2),
        };
        if (keys.MatchKeyId)
        {
            KeyIdResolver.ApplyTo(options.TokenValidationParameters);
        }
    }

    private bool IsGuarded(string name) =>
        schemes.Value.SchemeMap.TryGetValue(name, out var scheme) && scheme.HandlerType == typeof(BoundJwtBearerHandler);

    // What the application has decided is its own affair.
    private static bool FetchesByItself(JwtBearerOptions options) =>
        options is { Backchannel: null, Configuration: null, ConfigurationManager: null }
        && !(string.IsNullOrEmpty(options.MetadataAddress) && string.IsNullOrEmpty(options.Authority));

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
