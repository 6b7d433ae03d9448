using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement.AspNetCore.Tests;

public sealed class CacheSetupTests
{
    [Fact]
    public async Task Host_WithTheCacheAndWithoutEnforcement_DoesNotStart()
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => Api.StartAsync(
            builder =>
            {
                builder.Services.AddAuthentication().AddJwtBearer(Api.Issuer.Configure);
                builder.Services.AddAuthorization();
            },
            Caching.Cached));

        Assert.Contains("AddBoundTokenEnforcement()", Assert.Single(refused.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(ValidatedTokenCacheOptions.LeastMaxBytes - 1)]
    public async Task MaxBytes_TooFew_HostDoesNotStart(long bytes)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(options => options.MaxBytes = bytes));

        Assert.Contains("ValidatedTokenCacheOptions.MaxBytes", Assert.Single(refused.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Remember_Undefined_HostDoesNotStart()
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(options => options.Remember = (ValidatedTokenCacheContent)2));

        Assert.Contains("ValidatedTokenCacheOptions.Remember", Assert.Single(refused.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ValidatedTokenCacheOptions.LeastMaxBytes)]
    [InlineData(long.MaxValue)]
    public async Task MaxBytes_Enough_HostStarts(long bytes)
    {
        await using var api = await StartAsync(options => options.MaxBytes = bytes);

        await api.EnforcesBindingAsync();
    }

    [Fact]
    public async Task AddValidatedTokenCache_CalledTwice_IsOneCacheAndTheLastOptionsCount()
    {
        await using var api = await StartAsync(options => options.MaxBytes = 1, options => options.MaxBytes = 100_000);

        Assert.Single(api.Application.Services.GetServices<SignatureCache>());
        Assert.Equal(100_000, api.Application.Services.GetRequiredService<IOptions<ValidatedTokenCacheOptions>>().Value.MaxBytes);
        await api.EnforcesBindingAsync();
    }

    [Fact]
    public void AddValidatedTokenCache_Null_Throws()
    {
        Assert.Throws<ArgumentNullException>(() => ValidatedTokenCacheServiceCollectionExtensions.AddValidatedTokenCache(null!));
        Assert.Throws<ArgumentNullException>(() => new ServiceCollection().AddValidatedTokenCache(null!));
    }

    // A method that is not passed on would be answered by cryptography that the application did not choose.
    [Fact]
    public void Factory_EveryMethodOfTheLibrarys_IsPassedOn()
    {
        var missing = typeof(CryptoProviderFactory).GetMethods(BindingFlags.Instance | BindingFlags.Public)
            .Where(method => method.IsVirtual && method.DeclaringType == typeof(CryptoProviderFactory))
            .Where(method => typeof(CachingCryptoProviderFactory)
                .GetMethod(method.Name, [.. method.GetParameters().Select(parameter => parameter.ParameterType)])!.DeclaringType != typeof(CachingCryptoProviderFactory));

        Assert.Empty(missing.Select(method => method.ToString()));
    }

    private static Task<Api> StartAsync(params Action<ValidatedTokenCacheOptions>[] configure) => Api.StartAsync(
        Api.Guarded(),
        builder =>
        {
            foreach (var step in configure)
            {
                builder.Services.AddValidatedTokenCache(step);
            }
        });
}
