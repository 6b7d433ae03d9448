using System.Net.WebSockets;
using Microsoft.AspNetCore.SignalR.Client;

namespace BoundTokenEnforcement.Snippets;

internal static class GuardedSignalR
{
    internal static HubConnection Connect(IHttpMessageHandlerFactory handlers)
    {
        #region guard-signalr
        var connection = new HubConnectionBuilder()
            .WithUrl("https://api.example.com/orders/hub", o =>
            {
                // For the negotiation and for the transports without WebSockets.
                o.HttpMessageHandlerFactory = _ => handlers.CreateHandler("orders");

                // Without this, SignalR opens the WebSocket itself, outside the guard: without the certificate, and with its token.
                o.WebSocketFactory = async (context, cancellationToken) =>
                {
                    var socket = new ClientWebSocket();
                    using var invoker = new HttpMessageInvoker(handlers.CreateHandler("orders"), disposeHandler: false);
                    await socket.ConnectAsync(context.Uri, invoker, cancellationToken);
                    return socket;
                };
            })
            .Build();
        #endregion
        return connection;
    }
}
