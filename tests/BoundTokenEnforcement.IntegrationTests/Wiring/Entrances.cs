using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Http.Connections.Client;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>One endpoint of each kind, all behind the same policy, and the client for each.</summary>
internal static class Entrances
{
    internal const string PolicyName = "wired";
    internal const string ControllerPath = "/controller";
    private const string MinimalApiPath = "/minimal";
    private const string HubPath = "/hub";

    internal static void AddEntrances(this IServiceCollection services)
    {
        services.AddSingleton<Visitors>();
        services.AddControllers().AddApplicationPart(typeof(EntranceController).Assembly);
        services.AddSignalR();
        services.AddGrpc();
    }

    internal static void MapEntrances(this WebApplication app)
    {
        app.MapGet(MinimalApiPath, (HttpContext context) => Enter(app.Services, context)).RequireAuthorization(PolicyName);
        app.MapControllers();
        app.MapHub<EntranceHub>(HubPath).RequireAuthorization(PolicyName);
        app.MapGrpcService<EntranceGrpcService>().RequireAuthorization(PolicyName);
    }

    internal static void Enter(IServiceProvider services, HttpContext context) => services.GetRequiredService<Visitors>().Enter(context);

    /// <summary>Knocks with this token on a connection with this certificate.</summary>
    internal static async Task<Knock> TryAsync(TlsApiHost host, EntranceKind kind, string token, X509Certificate2? certificate)
    {
        var attempt = Guid.NewGuid().ToString("N");
        var answered = kind switch
        {
            EntranceKind.MinimalApi => await GetAsync(host, MinimalApiPath, attempt, token, certificate),
            EntranceKind.Controller => await GetAsync(host, ControllerPath, attempt, token, certificate),
            EntranceKind.SignalR => await ConnectAsync(host, attempt, token, certificate),
            _ => await CallAsync(host, attempt, token, certificate),
        };
        return new Knock(answered, host.Services.GetRequiredService<Visitors>().CountOf(attempt));
    }

    private static async Task<bool> GetAsync(TlsApiHost host, string path, string attempt, string token, X509Certificate2? certificate)
    {
        using var client = host.CreateClient(certificate);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add(Visitors.AttemptHeader, attempt);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return IsIn(response.StatusCode);
    }

    private static async Task<bool> ConnectAsync(TlsApiHost host, string attempt, string token, X509Certificate2? certificate)
    {
        // Straight to the WebSocket: what the handshake of a browser looks like that has left out the negotiation.
        using var invoker = new HttpMessageInvoker(host.CreateHandler(new TlsClientOptions { Certificate = certificate }, HttpVersion.Version11));
        await using var connection = new HubConnectionBuilder()
            .WithUrl(new Uri(host.BaseAddress, HubPath), options =>
            {
                options.Transports = HttpTransportType.WebSockets;
                options.SkipNegotiation = true;
                options.WebSocketFactory = (context, cancellationToken) => OpenAsync(context, invoker, attempt, token, cancellationToken);
            })
            .Build();
        try
        {
            await connection.StartAsync(TestContext.Current.CancellationToken);
        }
        catch (WebSocketException e)
        {
            Assert.Contains("401", e.Message, StringComparison.Ordinal);
            return false;
        }

        // The hub was entered before it answers.
        Assert.NotEmpty(await connection.InvokeAsync<string>(nameof(EntranceHub.Enter), TestContext.Current.CancellationToken));
        return true;
    }

    private static async ValueTask<WebSocket> OpenAsync(
        WebSocketConnectionContext context, HttpMessageInvoker invoker, string attempt, string token, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        socket.Options.SetRequestHeader(Visitors.AttemptHeader, attempt);
        await socket.ConnectAsync(context.Uri, invoker, cancellationToken);
        return socket;
    }

    private static async Task<bool> CallAsync(TlsApiHost host, string attempt, string token, X509Certificate2? certificate)
    {
        using var handler = host.CreateHandler(new TlsClientOptions { Certificate = certificate }, HttpVersion.Version20);
        using var channel = GrpcChannel.ForAddress(host.BaseAddress, new GrpcChannelOptions { HttpHandler = handler });
        var headers = new Metadata { { "authorization", $"Bearer {token}" }, { Visitors.AttemptHeader, attempt } };
        try
        {
            using var call = channel.CreateCallInvoker().AsyncUnaryCall(
                EntranceGrpcBase.EnterMethod, host: null, new CallOptions(headers, cancellationToken: TestContext.Current.CancellationToken), "knock");
            Assert.Equal("entered", await call.ResponseAsync);
            return true;
        }
        catch (RpcException e)
        {
            Assert.Equal(StatusCode.Unauthenticated, e.StatusCode);
            return false;
        }
    }

    private static bool IsIn(HttpStatusCode status)
    {
        Assert.Contains(status, new[] { HttpStatusCode.OK, HttpStatusCode.Unauthorized });
        return status == HttpStatusCode.OK;
    }
}
