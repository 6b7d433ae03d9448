using System.Security.Cryptography.X509Certificates;
using BenchmarkDotNet.Attributes;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>
/// The authentication of one request with a token that was seen before, without the network: JwtBearer alone, with enforcement, and with enforcement
/// and the validated-token cache (targets P5 and P9). The last row is a token that is never seen twice among more tokens than there is room for.
/// </summary>
[MemoryDiagnoser]
public class TokenCacheBenchmarks : IDisposable
{
    private const int Distinct = 512; // Twice the room of the smallest cache.
    private readonly X509Certificate2 _certificate = TestCertificates.SelfSigned("client");
    private readonly List<WebApplication> _hosts = [];
    private TestTokenIssuer _issuer = null!;
    private string _token = null!;
    private string[] _tokens = null!;
    private Func<string, Task<AuthenticateResult>> _plain = null!;
    private Func<string, Task<AuthenticateResult>> _enforced = null!;
    private Func<string, Task<AuthenticateResult>> _cached = null!;
    private Func<string, Task<AuthenticateResult>> _tooSmall = null!;
    private int _next;

    /// <summary>The algorithm of the authorization server's key.</summary>
    [Params("ES256", "RS256")]
    public string Algorithm { get; set; } = "ES256";

    /// <summary>One host each.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        _issuer = new TestTokenIssuer(Algorithm == "ES256" ? TestSigningKey.ES256() : TestSigningKey.RS256());
        _token = Token();
        _tokens = [.. Enumerable.Range(0, Distinct).Select(_ => Token())];
        _plain = await HostAsync(static _ => { });
        _enforced = await HostAsync(static services => services.AddBoundTokenEnforcement());
        _cached = await HostAsync(static services => services.AddBoundTokenEnforcement().AddValidatedTokenCache());
        _tooSmall = await HostAsync(static services => services.AddBoundTokenEnforcement().AddValidatedTokenCache(static options => options.MaxBytes = 64 * 1024));
    }

    /// <summary>JwtBearer as it is.</summary>
    [Benchmark(Baseline = true)]
    public Task<AuthenticateResult> JwtBearer() => _plain(_token);

    /// <summary>With enforcement.</summary>
    [Benchmark]
    public Task<AuthenticateResult> Enforced() => _enforced(_token);

    /// <summary>With enforcement and the cache.</summary>
    [Benchmark]
    public Task<AuthenticateResult> EnforcedAndCached() => _cached(_token);

    /// <summary>With a cache that has room for half of the tokens.</summary>
    [Benchmark]
    public Task<AuthenticateResult> TwiceTheRoom() => _tooSmall(_tokens[_next++ % Distinct]);

    /// <summary>Ends the hosts.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        foreach (var host in _hosts)
        {
            ((IDisposable)host).Dispose();
        }

        _issuer.Dispose();
        _certificate.Dispose();
        GC.SuppressFinalize(this);
    }

    private string Token() => _issuer.BoundTo(_certificate, static claims => claims["exp"] = TimeProvider.System.GetUtcNow().AddDays(1).ToUnixTimeSeconds());

    private async Task<Func<string, Task<AuthenticateResult>>> HostAsync(Action<IServiceCollection> configure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddAuthentication().AddJwtBearer(_issuer.Configure);
        configure(builder.Services);
        var host = builder.Build();
        _hosts.Add(host);
        var pipeline = Pipeline(host.Services);
        return (await AuthenticateAsync(_token)).Succeeded ? AuthenticateAsync : throw new InvalidOperationException("The token is refused.");

        async Task<AuthenticateResult> AuthenticateAsync(string token)
        {
            await using var scope = host.Services.CreateAsyncScope();
            var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
            context.Connection.ClientCertificate = _certificate;
            context.Request.Headers.Authorization = $"Bearer {token}";
            await pipeline(context);
            return context.Features.Get<AuthenticateResult>()!;
        }
    }

    // With the start of the pipeline, of which enforcement is a part.
    private static RequestDelegate Pipeline(IServiceProvider services)
    {
        Action<IApplicationBuilder> configure = static application => application.Run(
            static async context => context.Features.Set(await context.AuthenticateAsync(JwtBearerDefaults.AuthenticationScheme)));
        foreach (var filter in services.GetServices<IStartupFilter>().Reverse())
        {
            configure = filter.Configure(configure);
        }

        var application = new ApplicationBuilder(services);
        configure(application);
        return application.Build();
    }
}
