using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace BoundTokenEnforcement;

/// <summary>Takes the client's certificate out of the field that a trusted proxy wrote.</summary>
internal sealed class ForwardedCertificateSource
{
    private readonly ForwardedCertificateFormat _format;
    private readonly ForwardedCertificateCache _cache;
    private readonly ForwardedChainField? _chain;
    private readonly RequiredField? _required;
    private readonly Func<object, Task> _writeVary;
    private readonly string _vary;

    internal ForwardedCertificateSource(ForwardedCertificateOptions options)
    {
        _format = options.Format;
        _cache = new ForwardedCertificateCache(options.Format);
        _chain = options.Format == ForwardedCertificateFormat.ClientCertChain ? new ForwardedChainField() : null;
        _required = RequiredField.Of(options);
        _writeVary = WriteVary;
        Field = options.HeaderName;
        _vary = string.Join(", ", new[] { Field, _chain is null ? null : ForwardedChainField.Name, _required?.Name }.OfType<string>());
        Trust = new ForwarderTrust(options);
    }

    /// <summary>The name of the one field that is read.</summary>
    internal string Field { get; }

    /// <summary>Whom it is believed from.</summary>
    internal ForwarderTrust Trust { get; }

    /// <summary>What the client presented to the proxy.</summary>
    /// <param name="context">The request, at its very start.</param>
    /// <param name="ofConnection">The certificate of the connection. It can only be the proxy's, and is never taken for the client's.</param>
    /// <param name="seen">The client's certificate, or none.</param>
    /// <returns>Why the request is to be turned away; <see langword="null"/> if it is not.</returns>
    internal BindingFailure? Read(HttpContext context, PresentedCertificate? ofConnection, out ClientCertificateState seen)
    {
        seen = ClientCertificateState.NoneForwarded;
        // RFC 9440 §2.4: what was chosen by the field must not be served to another client.
        context.Response.OnStarting(_writeVary, context.Response);
        if (IsTunnel(context))
        {
            return BindingFailure.ConnectNotAllowed;
        }

        var headers = context.Request.Headers;
        var values = headers[Field];
        var hasChainAlone = values.Count == 0 && _format is ForwardedCertificateFormat.ClientCert or ForwardedCertificateFormat.ClientCertChain && headers.ContainsKey(ForwardedChainField.Name);
        if (!Trust.Trusts(context, ofConnection))
        {
            return values.Count == 0 && !hasChainAlone ? null : BindingFailure.ForwarderUntrusted;
        }

        // RFC 9440 §2.2: a singleton. Neither the first nor the last of several is the proxy's for certain. And §2.3: no chain without it.
        if (values.Count > 1 || hasChainAlone)
        {
            return BindingFailure.ForwardedCertificateMalformed;
        }

        var reading = _cache.Read(values.Count == 0 ? null : values[0], out var read);
        if (reading == ForwardedCertificateReading.Malformed || (_chain is not null && !_chain.IsWellFormed(headers[ForwardedChainField.Name])))
        {
            return BindingFailure.ForwardedCertificateMalformed;
        }

        // Without a certificate there is nothing for it to speak of.
        if (reading == ForwardedCertificateReading.Certificate && _required?.IsIn(headers) == false)
        {
            return BindingFailure.ForwardedCertificateUnconfirmed;
        }

        seen = read;
        return null;
    }

    /// <summary>The whole certificate, for callers that need more than its thumbprint. Its sender was checked when the request began.</summary>
    internal X509Certificate2? ReadAgain(HttpRequest request)
    {
        _ = ForwardedCertificate.Read(_format, request.Headers[Field], out var certificate);
        return certificate;
    }

    /// <summary>The other certificates that the client sent, for whoever builds the chain and disposes them: nobody has proved to hold their keys.</summary>
    internal X509Certificate2Collection ReadOthersAgain(HttpRequest request)
    {
        if (_chain is not null)
        {
            return ForwardedCertificateChain.TryRead(request.Headers[ForwardedChainField.Name], out var chain) ? chain : [];
        }

        if (_format is not (ForwardedCertificateFormat.EscapedPemChain or ForwardedCertificateFormat.Base64DerChain or ForwardedCertificateFormat.XfccChain))
        {
            return [];
        }

        _ = ForwardedCertificate.Read(_format, request.Headers[Field], out var certificate, out var others);
        certificate?.Dispose();
        return others;
    }

    // RFC 9110 §9.3.6: once this is answered with 2xx, a proxy passes on whatever follows, unread, over its own trusted connection, and to us that
    // would be more requests, with any certificate in them. An extended CONNECT (RFC 8441, WebSocket) is a separate stream and carries no requests.
    private static bool IsTunnel(HttpContext context) =>
        HttpMethods.IsConnect(context.Request.Method) && context.Features.Get<IHttpExtendedConnectFeature>() is not { IsExtendedConnect: true };

    private Task WriteVary(object response)
    {
        ((HttpResponse)response).Headers.Append(HeaderNames.Vary, _vary);
        return Task.CompletedTask;
    }
}
