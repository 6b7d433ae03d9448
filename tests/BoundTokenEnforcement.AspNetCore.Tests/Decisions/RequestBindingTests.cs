using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests;

public sealed class RequestBindingTests
{
    private static readonly EffectivePolicy Policy = new(new BoundTokenEnforcementOptions(), Forwarder: null);

    // As batch endpoints do: each part gets a context of its own, with the features of the whole.
    [Fact]
    public void Of_FeaturesCopiedToAPartOfABatch_KeepsDecisionsApart()
    {
        var whole = new DefaultHttpContext();
        var request = RequestBinding.Begin(whole, Policy, ClientCertificateState.None);
        request.Add(new BindingDecision("Earlier", EnforcementMode.Enforce, BindingResult.Refused(BindingFailure.TokenUnbound)));
        var (first, second) = (PartOf(whole), PartOf(whole));

        RequestBinding.Of(first)!.Add(new BindingDecision("Bearer", EnforcementMode.Enforce, BindingResult.Refused(BindingFailure.CertificateMismatch)));
        RequestBinding.Of(first)!.AddUnverified(new AuthenticationProperties(), isExempt: false);
        RequestBinding.Of(first)!.Scheme = "Bearer";

        Assert.True(RequestBinding.Of(first)!.HasRejectedBoundToken);
        Assert.All([RequestBinding.Of(whole)!, RequestBinding.Of(second)!], other =>
        {
            Assert.Equal("Earlier", other.Latest?.Scheme);
            Assert.False(other.HasRejectedBoundToken);
            Assert.False(other.HasUnverifiedTickets);
            Assert.Null(other.Scheme);
            Assert.Same(ClientCertificateState.None, other.Certificate);
        });
        Assert.Equal("Bearer", first.Features.Get<IBoundTokenFeature>()?.Scheme);
        Assert.Equal("Earlier", second.Features.Get<IBoundTokenFeature>()?.Scheme);
    }

    [Fact]
    public void Begin_CollectionOfAnEarlierRequest_StartsAnew()
    {
        var context = new DefaultHttpContext();
        RequestBinding.Begin(context, Policy, ClientCertificateState.None).MarkKeysUnavailable();

        Assert.False(RequestBinding.Begin(context, Policy, ClientCertificateState.None).IsUnavailable);
        Assert.False(RequestBinding.Of(context)!.IsUnavailable);
    }

    // Half of a request under one set of options and half under another is a state that no operator configured.
    [Fact]
    public async Task Reload_WhileARequestRuns_CountsFromTheNextRequestOn()
    {
        var settings = new Settings((nameof(BoundTokenEnforcementOptions.Mode), "Enforce"));
        await using var api = await Api.StartAsync(
            [builder => ((IConfigurationBuilder)builder.Configuration).Add(settings), Setup.Schemes(Setup.Bearer, schemes => schemes.AddGuarded()), builder => builder.Services.AddBoundTokenEnforcement()],
            (api, app) =>
            {
                app.Use((context, next) =>
                {
                    settings.Replace((nameof(BoundTokenEnforcementOptions.Mode), "ReportOnly"));
                    return next(context);
                });
                app.UseAuthentication().UseAuthorization();
                api.MapProtected(app);
            });

        await api.RefusesAsync("/", TestRequests.Stolen, BindingFailure.CertificateMissing);
        await api.AdmitsAsync("/", TestRequests.Stolen, "alice");
    }

    private static DefaultHttpContext PartOf(HttpContext whole)
    {
        var features = new FeatureCollection();
        foreach (var (type, feature) in whole.Features)
        {
            features[type] = feature;
        }

        return new DefaultHttpContext(features);
    }
}
