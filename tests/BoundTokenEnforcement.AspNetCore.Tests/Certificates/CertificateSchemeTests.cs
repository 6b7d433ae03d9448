using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests.Certificates;

public sealed class CertificateSchemeTests
{
    private const string Certificates = "certificates";

    // Started in spite of the audit: it must not wait for itself, nor ask itself without end.
    [Theory]
    [InlineData(Setup.Bearer)]
    [InlineData("toBearer")]
    [InlineData("toCertificates")]
    public async Task Scheme_OfAHandlerThatJudgesOrForwards_RefusesEverybody(string scheme)
    {
        await using var api = await StartAsync(scheme);

        await api.RefusesAsync("/", TestRequests.Proven, BindingFailure.CertificateUntrusted);
    }

    [Fact]
    public async Task Scheme_OfAnotherHandler_Decides()
    {
        await using var api = await StartAsync(Certificates);

        await api.AdmitsAsync("/", TestRequests.Proven, "alice");
        await api.RefusesAsync("/", TestRequests.Proven + TestRequests.WithHeader("X-Refuse", "1"), BindingFailure.CertificateUntrusted);
    }

    private static Task<Api> StartAsync(string scheme) => Setup.StartAsync(
        Setup.Bearer,
        schemes => schemes
            .AddGuarded()
            .AddScheme<AnyTokenOptions, AnyTokenHandler>(Certificates, options =>
                options.Subject = request => request.Headers.ContainsKey("X-Refuse") ? null : request.HttpContext.Connection.ClientCertificate?.Subject)
            .AddPolicyScheme("toBearer", null, options => options.ForwardDefault = Setup.Bearer)
            .AddPolicyScheme("toCertificates", null, options => options.ForwardDefault = Certificates),
        Setup.Behind(),
        options => options.CertificateAuthenticationScheme = scheme);
}
