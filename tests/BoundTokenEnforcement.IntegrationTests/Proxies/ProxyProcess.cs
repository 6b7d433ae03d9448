using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>A proxy that runs, with a certificate of its own, in a folder of its own.</summary>
internal sealed class ProxyProcess : IAsyncDisposable
{
    /// <summary>What stands in every configuration, and is replaced by a free port and by where the API listens.</summary>
    internal const string SamplePort = "8443";

    /// <inheritdoc cref="SamplePort"/>
    internal const string SampleApi = "127.0.0.1:5000";

    private const int Attempts = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("proxy-");
    private readonly ConcurrentQueue<string> _output = new();
    private readonly Process _process = new();

    private ProxyProcess(int port) => Port = port;

    internal int Port { get; }

    internal X509Certificate2 Certificate { get; } = TestCertificates.Server();

    /// <summary>Starts it, and returns when it answers.</summary>
    /// <param name="program">Which.</param>
    /// <param name="api">Where the API listens, as this configuration writes it.</param>
    /// <param name="change">What the test changes in the configuration.</param>
    internal static async Task<ProxyProcess> StartAsync(ProxyProgram program, string api, Func<string, string> change)
    {
        for (var attempt = 1; ; attempt++)
        {
            var proxy = new ProxyProcess(FreePort());
            try
            {
                proxy.Start(program, proxy.Configuration(program, api, change));
                if (await proxy.AnswersAsync())
                {
                    return proxy;
                }
            }
            catch
            {
                await proxy.DisposeAsync();
                throw;
            }

            await proxy.DisposeAsync();
            // Another process took the port between our question and the proxy's.
            if (attempt == Attempts)
            {
                throw new InvalidOperationException($"{program.Name} ended {Attempts} times before it answered:\n{string.Join('\n', proxy._output)}");
            }
        }
    }

    internal HttpClient CreateClient(TlsClientOptions tls) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        SslOptions = tls.ToSslOptions(Certificate),
        ConnectCallback = async (_, cancellationToken) => tls.Transport(await ConnectAsync(cancellationToken)),
    })
    {
        BaseAddress = new Uri($"https://{tls.TargetHost}:{Port}"),
    };

    internal async Task<RawResponse> SendAsync(string request, TlsClientOptions tls) =>
        await RawTlsClient.SendAsync(await ConnectAsync(TestContext.Current.CancellationToken), request, tls, Certificate);

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        catch (InvalidOperationException)
        {
            // It never started.
        }

        _process.Dispose();
        Certificate.Dispose();
        _folder.Delete(recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private string Configuration(ProxyProgram program, string api, Func<string, string> change)
    {
        var text = File.ReadAllText(program.ConfigurationPath);
        Assert.Contains(SamplePort, text, StringComparison.Ordinal);
        Assert.Contains(SampleApi, text, StringComparison.Ordinal);
        return change(text).Replace(SamplePort, $"{Port}", StringComparison.Ordinal).Replace(SampleApi, api, StringComparison.Ordinal);
    }

    private void Start(ProxyProgram program, string configuration)
    {
        using var key = Certificate.GetECDsaPrivateKey()!;
        Write("server.crt", Certificate.ExportCertificatePem());
        Write("server.key", key.ExportPkcs8PrivateKeyPem());
        Write("server.pem", $"{Certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}");
        Write(Path.GetFileName(program.ConfigurationPath), configuration);
        _process.StartInfo = new ProcessStartInfo(program.Find()!, program.Arguments(_folder.FullName))
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process.OutputDataReceived += (_, line) => Remember(line.Data);
        _process.ErrorDataReceived += (_, line) => Remember(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    // Only the proxy just started shows this certificate.
    private async Task<bool> AnswersAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (!_process.HasExited)
        {
            try
            {
                await using var tls = new SslStream(await ConnectAsync(deadline.Token));
                await tls.AuthenticateAsClientAsync(new TlsClientOptions().ToSslOptions(Certificate), deadline.Token);
                return true;
            }
            catch (Exception e) when (e is SocketException or IOException or AuthenticationException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), deadline.Token);
            }
        }

        await _process.WaitForExitAsync(deadline.Token);
        return false;
    }

    private async Task<NetworkStream> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_folder.FullName, file), text);

    private void Remember(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
        }
    }
}
