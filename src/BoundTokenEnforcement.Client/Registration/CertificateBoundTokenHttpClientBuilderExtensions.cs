using BoundTokenEnforcement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Gives a guarded <see cref="HttpClient"/> its certificate-bound access tokens.</summary>
public static class CertificateBoundTokenHttpClientBuilderExtensions
{
    /// <summary>
    /// Puts a certificate-bound access token into each request of this client: obtained by client credentials
    /// (<see href="https://www.rfc-editor.org/rfc/rfc8705#section-2">RFC 8705 §2</see>) with the certificate of the guard, kept, renewed before it ends, and obtained
    /// anew when the certificate changes. The same client needs <c>AddBoundTokenGuard</c>, before or after this.
    /// </summary>
    /// <remarks>
    /// A request that already has an <c>Authorization</c> field is left as it is; the guard decides about it. After a 401 with <c>invalid_token</c> the next request gets a
    /// new token; the request that was answered so is not repeated, because its body may be gone, and because a server must not be able to draw more tokens by asking.
    /// </remarks>
    /// <param name="builder">The client.</param>
    /// <param name="configure">The authorization server and the client identifier.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">One of them is <see langword="null"/>.</exception>
    public static IHttpClientBuilder AddCertificateBoundTokens(this IHttpClientBuilder builder, Action<CertificateBoundTokenOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.AddOptions<CertificateBoundTokenOptions>(builder.Name).Configure(configure).ValidateOnStart();
        return builder.AddTokens();
    }

    /// <inheritdoc cref="AddCertificateBoundTokens(IHttpClientBuilder, Action{CertificateBoundTokenOptions})" path="/summary|/remarks|/exception"/>
    /// <param name="builder">The client.</param>
    /// <param name="section">The configuration section with the properties of <see cref="CertificateBoundTokenOptions"/>. Read once.</param>
    public static IHttpClientBuilder AddCertificateBoundTokens(this IHttpClientBuilder builder, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(section);
        builder.Services.AddOptions<CertificateBoundTokenOptions>(builder.Name).Configure(options => section.Bind(options)).ValidateOnStart();
        return builder.AddTokens();
    }

    private static IHttpClientBuilder AddTokens(this IHttpClientBuilder builder)
    {
        var (services, name) = (builder.Services, builder.Name);
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<GuardTelemetry>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CertificateBoundTokenOptions>, CertificateBoundTokenOptionsValidator>());
        services.TryAddKeyedSingleton(name, (provider, _) => CreateTokens(provider, name));
        return builder.AddHttpMessageHandler(provider => new CertificateBoundTokenHandler(
            provider.GetRequiredKeyedService<CertificateBoundTokens>(name), provider.GetRequiredService<GuardTelemetry>()));
    }

    private static CertificateBoundTokens CreateTokens(IServiceProvider provider, string name)
    {
        // The validator sees to it that there is a guard; asked first, so that its message is the one that is read.
        var options = provider.GetRequiredService<IOptionsMonitor<CertificateBoundTokenOptions>>().Get(name).Copy();
        return new CertificateBoundTokens(
            options,
            provider.GetRequiredKeyedService<BoundTokenGuard>(name),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<GuardTelemetry>());
    }
}
