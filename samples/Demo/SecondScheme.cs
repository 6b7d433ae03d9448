using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Encodings.Web;
using BoundTokenEnforcement;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Demo;

/// <summary>The API once more, with a second scheme whose handler somebody wrote by hand. Nobody calls it: the question is whether it starts.</summary>
internal sealed class SecondScheme(X509Certificate2 server)
{
    private const string Name = "Legacy";
    private const string Starts = "starts";
    private const string Refuses = "refuses to start";

    public async Task<IReadOnlyList<DemoRow>> RunAsync(CancellationToken cancellationToken)
    {
        var (before, _) = await StartAsync(static _ => { }, cancellationToken);
        var (unnamed, why) = await StartAsync(static services => services.AddBoundTokenEnforcement(), cancellationToken);
        var (named, _) = await StartAsync(
            static services => services.AddBoundTokenEnforcement(options => options.ExemptScheme(Name, reason: "its tokens are never bound")), cancellationToken);

        return
        [
            new("operator", "none", "none", "start, 2 schemes", before, unnamed, Starts, Refuses, why),
            new("operator", "none", "none", "start, 2nd named", before, named, Starts, Starts),
        ];
    }

    private async Task<(string Outcome, string? Message)> StartAsync(Action<IServiceCollection> adopt, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(server)));
        builder.Services.AddAuthentication().AddJwtBearer().AddScheme<AuthenticationSchemeOptions, LegacyHandler>(Name, null);
        builder.Services.AddAuthorization();
        adopt(builder.Services);

        await using var api = builder.Build();
        api.MapGet("/orders", static () => "Tea").RequireAuthorization();
        try
        {
            await api.StartAsync(cancellationToken);
            return (Starts, null);
        }
        catch (BoundTokenAuditException refusal)
        {
            return (refusal.Report.Faults is [var only] && only.Contains($"'{Name}'", StringComparison.Ordinal) ? Refuses : "has other faults", refusal.Message);
        }
    }

    /// <summary>Whether it looks at the binding of what it accepts, nobody can tell from outside.</summary>
    private sealed class LegacyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(AuthenticateResult.NoResult());
    }
}
