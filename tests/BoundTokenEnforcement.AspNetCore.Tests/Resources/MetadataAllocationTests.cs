using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests.Resources;

// AC-089
[Requirement("AC-089")]
public sealed class MetadataAllocationTests
{
    private const int Batch = 1000;
    private const long MostBytes = 4096;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Get_TenThousandTimes_AllocatesLittleAndNeverMore(bool enforced)
    {
        await using var api = await Api.StartAsync(
            [Api.Guarded(), TwoResources.Both(options => options.Schemes.Add("Bearer"))], TwoResources.Map());
        Assert.True(await api.SaysEnforcedAsync("/a"));
        if (!enforced)
        {
            api.Application.Services.GetRequiredService<Microsoft.AspNetCore.Authentication.IAuthenticationSchemeProvider>()
                .AddScheme(new("Bearer2", null, typeof(Microsoft.AspNetCore.Authentication.JwtBearer.JwtBearerHandler)));
        }

        _ = Measure(api);
        var first = Measure(api);
        for (var i = 0; i < 8; i++)
        {
            _ = Measure(api);
        }

        var last = Measure(api);

        Assert.InRange(first / Batch, 0, MostBytes);
        Assert.InRange(last, 0, first + (first / 10));
    }

    // On this thread from start to end: nothing in here waits.
    private static long Measure(Api api)
    {
        var context = new DefaultHttpContext { RequestServices = api.Application.Services };
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = $"{TwoResources.WellKnown}/b";
        context.Request.Method = HttpMethods.Get;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Batch; i++)
        {
            var answer = MetadataEndpoint.ServeAsync(context);
            Assert.True(answer.IsCompletedSuccessfully);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
