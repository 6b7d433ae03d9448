using System.Net;
using System.Net.WebSockets;
using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>SignalR in all its transports: judged before a connection is upgraded, whether the token comes in the header or, opted in, in the query.</summary>
public sealed class SignalRTests
{
    public static TheoryData<HttpTransportType, bool> Transports
    {
        get
        {
            var rows = new TheoryData<HttpTransportType, bool>();
            foreach (var transport in new[] { HttpTransportType.WebSockets, HttpTransportType.ServerSentEvents, HttpTransportType.LongPolling })
            {
                rows.Add(transport, true);
                rows.Add(transport, false);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Hub_WithTheCertificate_Answers(HttpTransportType transport, bool inQuery)
    {
        await using var api = await StartAsync();
        await using var connection = Connection(api, api.A, transport, inQuery);

        await connection.StartAsync(TestContext.Current.CancellationToken);

        var seen = await connection.InvokeAsync<string>(nameof(ProbeHub.Ask), TestContext.Current.CancellationToken);
        // With long polling SignalR hands the hub a copy of the first poll's context, which has none of its features.
        Assert.Equal(transport == HttpTransportType.LongPolling ? null : TestCertificates.Thumbprint(api.A), seen);
        Assert.Equal(1, api.Services().Connected);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Hub_WithoutOrWithAnotherCertificate_401OnNegotiate(HttpTransportType transport, bool inQuery)
    {
        await using var api = await StartAsync();
        foreach (var certificate in new[] { null, api.B })
        {
            await using var connection = Connection(api, certificate, transport, inQuery);

            var refused = await Assert.ThrowsAsync<HttpRequestException>(() => connection.StartAsync(TestContext.Current.CancellationToken));
            FailOpen.Count(connection.State == HubConnectionState.Connected);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        Assert.Equal(0, api.Services().Connected);
    }

    [Theory]
    [InlineData("1.1", true)]
    [InlineData("1.1", false)]
    [InlineData("2.0", true)]
    [InlineData("2.0", false)]
    public async Task WebSocket_Directly_JudgedBeforeTheUpgrade(string version, bool inQuery)
    {
        await using var api = await StartAsync();

        Assert.Equal(version == "2.0" ? HttpStatusCode.OK : HttpStatusCode.SwitchingProtocols, await UpgradeAsync(api, api.A, version, inQuery));
        foreach (var certificate in new[] { null, api.B })
        {
            var status = await UpgradeAsync(api, certificate, version, inQuery);
            FailOpen.Count(status != HttpStatusCode.Unauthorized);
            Assert.Equal(HttpStatusCode.Unauthorized, status);
        }
    }

    [Fact]
    public async Task Query_OutsideOfTheHub_IsNotOptedIn()
    {
        await using var api = await StartAsync();
        using var client = api.Client(api.A);

        var answer = await api.SendAsync(client, null, r => r.RequestUri = new Uri($"/?access_token={api.Issuer.BoundTo(api.A)}", UriKind.Relative));

        answer.AssertRejected(401);
    }

    // A connection id is no key: who has it still needs the token and the certificate.
    [Fact]
    public async Task ConnectionId_Stolen_IsWorthNothing()
    {
        await using var api = await StartAsync();
        using var owner = api.Client(api.A);
        using var thief = api.Client(api.B);
        var token = api.Issuer.BoundTo(api.A);
        var negotiated = await api.SendAsync(owner, token, r =>
        {
            r.Method = HttpMethod.Post;
            r.RequestUri = new Uri("/hub/negotiate?negotiateVersion=1", UriKind.Relative);
        });
        using var answer = System.Text.Json.JsonDocument.Parse(negotiated.Body);
        var id = answer.RootElement.GetProperty("connectionToken").GetString();

        (await api.SendAsync(thief, token, r => r.RequestUri = new Uri($"/hub?id={id}", UriKind.Relative))).AssertRefused();
        (await api.SendAsync(thief, null, r => r.RequestUri = new Uri($"/hub?id={id}&access_token={token}", UriKind.Relative))).AssertRefused();
        Assert.Equal(200, (await api.SendAsync(owner, token, r => r.RequestUri = new Uri($"/hub?id={id}", UriKind.Relative))).Status);
    }

    private static async Task<HttpStatusCode> UpgradeAsync(GuardedApi api, X509Certificate2? certificate, string version, bool inQuery)
    {
        using var invoker = api.Host.CreateClient(new TlsClientOptions { Certificate = certificate, AllowTlsResume = false }, Version.Parse(version));
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.HttpVersion = Version.Parse(version);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        var token = api.Issuer.BoundTo(api.A);
        if (!inQuery)
        {
            socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        }

        try
        {
            var query = inQuery ? $"?access_token={token}" : "";
            await socket.ConnectAsync(new Uri($"wss://localhost:{api.Host.Port}/hub{query}"), invoker, TestContext.Current.CancellationToken);
        }
        catch (WebSocketException)
        {
            // The status tells.
        }

        return socket.HttpStatusCode;
    }

    private static HubConnection Connection(GuardedApi api, X509Certificate2? certificate, HttpTransportType transport, bool inQuery)
    {
        var token = api.Issuer.BoundTo(api.A);
        var tls = new TlsClientOptions { Certificate = certificate, AllowTlsResume = false };
        // A browser cannot set headers on WebSockets and server-sent events.
        var query = inQuery ? $"?access_token={token}" : "";
        return new HubConnectionBuilder()
            .WithUrl($"https://localhost:{api.Host.Port}/hub{query}", transport, options =>
            {
                options.HttpMessageHandlerFactory = _ => api.Host.CreateHandler(tls);
                options.WebSocketFactory = async (context, cancellationToken) =>
                {
                    var socket = new ClientWebSocket();
                    if (!inQuery)
                    {
                        socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
                    }

                    await socket.ConnectAsync(context.Uri, new HttpMessageInvoker(api.Host.CreateHandler(tls)), cancellationToken);
                    return socket;
                };
                if (!inQuery)
                {
                    options.AccessTokenProvider = () => Task.FromResult<string?>(token);
                }
            })
            .Build();
    }

    private static Task<GuardedApi> StartAsync() => GuardedApi.StartAsync(new GuardedSetup
    {
        Before = (builder, _) =>
        {
            builder.Services.AddSingleton<Visitors>();
            builder.Services.AddSignalR();
            builder.Services.Configure<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme, options => options.Events = new JwtBearerEvents
            {
                OnMessageReceived = context =>
                {
                    if (context.Request.Path.StartsWithSegments("/hub") && context.Request.Query["access_token"].ToString() is { Length: > 0 } token)
                    {
                        context.Token = token;
                    }

                    return Task.CompletedTask;
                },
            });
        },
        Map = (app, _) => app.MapHub<ProbeHub>("/hub"),
    });

    internal sealed class Visitors
    {
        private int _connected;

        internal int Connected => Volatile.Read(ref _connected);

        internal void Add() => Interlocked.Increment(ref _connected);
    }

    [Authorize]
    internal sealed class ProbeHub(Visitors visitors) : Hub
    {
        public override Task OnConnectedAsync()
        {
            visitors.Add();
            return base.OnConnectedAsync();
        }

        public string? Ask() => Context.GetHttpContext()!.Features.Get<IBoundTokenFeature>()?.Binding?.Thumbprint.ToString();
    }
}

file static class VisitorsOf
{
    internal static SignalRTests.Visitors Services(this GuardedApi api) => api.Host.Services.GetRequiredService<SignalRTests.Visitors>();
}
