using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement.AspNetCore.Tests.Forwarding;

/// <summary>What is published never says more than what is done: whether a certificate can arrive is another question behind a proxy.</summary>
public sealed class ForwardedMetadataTests
{
    [Fact]
    public async Task Flag_ProxyKnownByAddress_IsTrueFromTheStart()
    {
        await using var api = await PublishingApi.StartAsync(Api.Guarded(enforcement: Forwarded.From()));

        await SaysAsync(api, MetadataSettings.EnforcedDocument);
    }

    // Such a proxy must be asked for its certificate: as long as nobody was, nobody can be believed.
    [Fact]
    public async Task Flag_ProxyKnownByCertificate_IsAbsentUntilOneArrives()
    {
        await using var api = await PublishingApi.StartAsync(Api.Guarded(enforcement: Forwarded.From(
            more: forwarded => forwarded.TrustedProxyThumbprints.Add(CertificateThumbprint.Of(Api.B).ToString()))));

        await SaysAsync(api, MetadataSettings.Document);
        await TurnsAwayAsync(api, Forwarded.Token(Forwarded.Proxy, Api.A.Base64()));
        await SaysAsync(api, MetadataSettings.Document);

        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, Api.A.Base64()) + (context => context.Connection.ClientCertificate = Api.B));
        await SaysAsync(api, MetadataSettings.EnforcedDocument);
    }

    [Fact]
    public async Task Flag_NotEnforced_IsAbsent()
    {
        await using var whenBound = await PublishingApi.StartAsync(Api.Guarded(enforcement: Forwarded.From() + (o => o.Requirement = BindingRequirement.WhenBound)));
        await using var reportOnly = await PublishingApi.StartAsync(Api.Guarded(enforcement: Forwarded.From() + (o => o.Mode = EnforcementMode.ReportOnly)));

        await SaysAsync(whenBound, MetadataSettings.Document);
        await SaysAsync(reportOnly, MetadataSettings.Document);
    }

    private static async Task SaysAsync(Api api, string document)
    {
        var answer = await api.SendAsync(MetadataSettings.Target, _ => { });

        Assert.Equal((StatusCodes.Status200OK, document), (answer.Status, answer.Body));
    }

    private static async Task TurnsAwayAsync(Api api, Action<HttpContext> request) =>
        (await api.SendAsync("/", request)).IsRefusal(400, $"{Answer.InvalidRequest}, resource_metadata=\"{MetadataSettings.Url}\"");
}
