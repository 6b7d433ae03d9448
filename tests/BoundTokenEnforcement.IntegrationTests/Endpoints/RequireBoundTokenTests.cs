using System.Net;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Hubs and gRPC services that demand a bound token, in an application that accepts unbound ones elsewhere.</summary>
public sealed class RequireBoundTokenTests(RequireBoundTokenTests.Application application) : IClassFixture<RequireBoundTokenTests.Application>
{
    private static readonly X509Certificate2 A = TestCertificates.SelfSigned("alice");

    private TestTokenIssuer Issuer => application.Issuer;

    [Theory]
    [InlineData("/demanding-class")]
    [InlineData("/demanding-map")]
    public async Task Hub_ThatDemands_LetsInProvenTokensOnly(string path)
    {
        await Assert.ThrowsAsync<HttpRequestException>(() => InvokeAsync(path, Issuer.Issue(), A, "Enter"));
        await CountingAsync(async () => await Assert.ThrowsAsync<HttpRequestException>(() => InvokeAsync(path, Issuer.BoundTo(A), null, "Enter")));
        await InvokeAsync(path, Issuer.BoundTo(A), A, "Enter");
    }

    [Theory]
    [InlineData(HttpTransportType.WebSockets)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    public async Task HubMethod_ThatDemands_LetsInProvenTokensOnly(HttpTransportType transport)
    {
        await InvokeAsync("/mixed", Issuer.Issue(), A, nameof(MixedHub.Open), transport);
        await Assert.ThrowsAsync<HubException>(() => InvokeAsync("/mixed", Issuer.Issue(), A, nameof(MixedHub.Demanding), transport));
        await CountingAsync(async () => await Assert.ThrowsAsync<HttpRequestException>(() => InvokeAsync("/mixed", Issuer.BoundTo(A), null, nameof(MixedHub.Demanding), transport)));
        await InvokeAsync("/mixed", Issuer.BoundTo(A), A, nameof(MixedHub.Demanding), transport);
    }

    [Fact]
    public async Task HubMethod_ThatDemandsOverLongPolling_LetsInNobodyUnproven()
    {
        await InvokeAsync("/mixed", Issuer.Issue(), A, nameof(MixedHub.Open), HttpTransportType.LongPolling);
        await Assert.ThrowsAsync<HubException>(() => InvokeAsync("/mixed", Issuer.Issue(), A, nameof(MixedHub.Demanding), HttpTransportType.LongPolling));

        // SignalR gives its methods a copy of the request there, without features. The hub itself may demand the same.
        await Assert.ThrowsAsync<HubException>(() => InvokeAsync("/mixed", Issuer.BoundTo(A), A, nameof(MixedHub.Demanding), HttpTransportType.LongPolling));
        await InvokeAsync("/demanding-class", Issuer.BoundTo(A), A, "Enter", HttpTransportType.LongPolling);
    }

    [Fact]
    public async Task Grpc_ThatDemands_LetsInProvenTokensOnly()
    {
        foreach (var method in new[] { MixedGrpcBase.DemandingMethod, EntranceGrpcBase.EnterMethod })
        {
            Assert.NotEqual(StatusCode.OK, await CallAsync(method, Issuer.Issue(), A));
            var stolen = await CallAsync(method, Issuer.BoundTo(A), null);
            FailOpen.Count(stolen == StatusCode.OK);
            Assert.Equal(StatusCode.Unauthenticated, stolen);
            Assert.Equal(StatusCode.OK, await CallAsync(method, Issuer.BoundTo(A), A));
        }

        Assert.Equal(StatusCode.OK, await CallAsync(MixedGrpcBase.OpenMethod, Issuer.Issue(), A));
        Assert.Equal(StatusCode.Unauthenticated, await CallAsync(MixedGrpcBase.OpenMethod, Issuer.BoundTo(A), null));
    }

    private static async Task CountingAsync(Func<Task> refused)
    {
        try
        {
            await refused();
            FailOpen.Count(entered: false);
        }
        catch (Xunit.Sdk.ThrowsException)
        {
            FailOpen.Count(entered: true);
            throw;
        }
    }

    private async Task InvokeAsync(string path, string token, X509Certificate2? certificate, string method, HttpTransportType transport = HttpTransportType.LongPolling)
    {
        var tls = new TlsClientOptions { Certificate = certificate };
        using var invoker = new HttpMessageInvoker(application.Host.CreateHandler(tls, HttpVersion.Version11));
        await using var connection = new HubConnectionBuilder()
            .WithUrl(new Uri(application.Host.BaseAddress, path), options =>
            {
                options.Transports = transport;
                options.Headers["Authorization"] = $"Bearer {token}";
                options.HttpMessageHandlerFactory = _ => application.Host.CreateHandler(tls, HttpVersion.Version11);
                options.WebSocketFactory = async (context, cancellationToken) =>
                {
                    var socket = new System.Net.WebSockets.ClientWebSocket();
                    socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
                    await socket.ConnectAsync(context.Uri, invoker, cancellationToken);
                    return socket;
                };
            })
            .Build();
        await connection.StartAsync(TestContext.Current.CancellationToken);
        Assert.NotEmpty(await connection.InvokeAsync<string>(method, TestContext.Current.CancellationToken));
    }

    private async Task<StatusCode> CallAsync(Method<string, string> method, string token, X509Certificate2? certificate)
    {
        using var handler = application.Host.CreateHandler(new TlsClientOptions { Certificate = certificate }, HttpVersion.Version20);
        using var channel = GrpcChannel.ForAddress(application.Host.BaseAddress, new GrpcChannelOptions { HttpHandler = handler });
        try
        {
            using var call = channel.CreateCallInvoker().AsyncUnaryCall(
                method, host: null, new CallOptions([new("authorization", $"Bearer {token}")], cancellationToken: TestContext.Current.CancellationToken), "knock");
            Assert.Equal("entered", await call.ResponseAsync);
            return StatusCode.OK;
        }
        catch (RpcException e)
        {
            return e.StatusCode;
        }
    }

    public sealed class Application : IAsyncLifetime
    {
        internal TestTokenIssuer Issuer { get; } = new();

        internal TlsApiHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Host = await TlsApiHost.StartAsync(
            builder =>
            {
                builder.Services.AddAuthentication().AddJwtBearer(Issuer.Configure);
                builder.Services.AddAuthorization();
                builder.Services.AddEntrances();
                builder.Services.AddBoundTokenEnforcement(options => options.Requirement = BindingRequirement.WhenBound);
            },
            app =>
            {
                app.MapHub<DemandingHub>("/demanding-class");
                app.MapHub<EntranceHub>("/demanding-map").RequireBoundToken();
                app.MapHub<MixedHub>("/mixed");
                app.MapGrpcService<MixedGrpcService>();
                app.MapGrpcService<EntranceGrpcService>().RequireBoundToken();
            });

        public async ValueTask DisposeAsync()
        {
            await Host.DisposeAsync();
            Issuer.Dispose();
        }
    }
}
