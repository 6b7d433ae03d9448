using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement.AspNetCore.Tests.Certificates;

public sealed class CertificateArrivalTests
{
    private readonly ClientCertificateAvailability _arrival = new();

    [Fact]
    public void CanArrive_NothingSeen_IsFalse()
    {
        Observe(new DefaultHttpContext());

        Assert.False(_arrival.CanArrive);
    }

    [Fact]
    public void CanArrive_CertificatePresented_IsTrueFromThenOn()
    {
        var context = new DefaultHttpContext();
        context.Connection.ClientCertificate = Api.A;

        Observe(context);
        Observe(new DefaultHttpContext());

        Assert.True(_arrival.CanArrive);
    }

    [Fact]
    public void CanArrive_CertificateAskedFor_IsTrue()
    {
        var context = new DefaultHttpContext();
        context.Features.Set(ClientCertificateRequest.ByApplication);

        Observe(context);

        Assert.True(_arrival.CanArrive);
    }

    private void Observe(HttpContext context) => _arrival.Observe(context.Features, ConnectionCertificate.Of(context));
}
