using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using BoundTokenEnforcement.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.Client.Tests.Guard;

/// <summary>
/// <c>openssl s_server</c> on a free loopback port: a TLS server that is not .NET's and can demand what Kestrel cannot, for example signature algorithms. Its
/// plain text is answered here, by hand.
/// </summary>
internal sealed partial class OpenSslServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly DirectoryInfo _folder;
    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringBuilder _received = new();
    private readonly StringBuilder _log = new();
    private readonly Task _reading;

    private OpenSslServer(string[] arguments, X509Certificate2? clientRoot)
    {
        _folder = Directory.CreateTempSubdirectory("bound-token-openssl-");
        if (clientRoot is not null)
        {
            File.WriteAllText(Path.Combine(_folder.FullName, "root.pem"), clientRoot.ExportCertificatePem());
            arguments = [.. arguments, "-CAfile", "root.pem", "-verify_return_error"];
        }

        File.WriteAllText(Path.Combine(_folder.FullName, "server.pem"), $"{Certificate.ExportCertificatePem()}\n{Certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()}\n");
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("openssl", ["s_server", "-accept", "127.0.0.1:0", "-cert", "server.pem", "-verify", "9", .. arguments])
            {
                WorkingDirectory = _folder.FullName,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        _process.Start();
        _reading = Task.WhenAll(ReadPlainTextAsync(), ReadLogAsync());
    }

    internal X509Certificate2 Certificate { get; } = TestCertificates.Server();

    private static bool IsInstalled => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(Path.PathSeparator)
        .Any(static folder => File.Exists(Path.Combine(folder, "openssl")) || File.Exists(Path.Combine(folder, "openssl.exe")));

    internal string Origin => $"https://localhost:{_port.Task.Result}";

    /// <summary>Everything that the server decrypted, between what it says itself.</summary>
    internal string Received
    {
        get
        {
            lock (_received)
            {
                return _received.ToString();
            }
        }
    }

    /// <summary>What the server wrote to its error output.</summary>
    internal string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Whether the server received a certificate in any handshake.</summary>
    internal bool SawCertificate => Received.Contains("Client certificate", StringComparison.Ordinal);

    /// <summary>A resource that says that it supports bound tokens.</summary>
    /// <param name="arguments">Further arguments of <c>s_server</c>.</param>
    /// <param name="clientRoot">The only authority whose client certificates are accepted; <see langword="null"/> to accept all.</param>
    internal static async Task<OpenSslServer> StartAsync(string[] arguments, X509Certificate2? clientRoot = null)
    {
        Assert.SkipUnless(IsInstalled || Environment.GetEnvironmentVariable("CI") == "true", "openssl is not installed.");
        var server = new OpenSslServer(arguments, clientRoot);
        await server._port.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>A guarded client of this server.</summary>
    internal ServiceProvider Client(X509Certificate2 certificate, Action<BoundTokenGuardOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddHttpClient(GuardFixture.Name).AddBoundTokenGuard(options =>
        {
            options.Resource = $"{Origin}/api";
            options.AllowLoopback = true;
            options.AllowedIssuers.Add(TestTokenIssuer.DefaultIssuer);
            options.ServerCertificateChainPolicy = TrustingPolicy();
            options.ClientCertificate = certificate;
            configure?.Invoke(options);
        });
        return services.BuildServiceProvider();
    }

    internal async Task<HttpResponseMessage> SendAsync(ServiceProvider client, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Origin}/api") { Headers = { Authorization = new("Bearer", token) } };
        return await client.GetRequiredService<IHttpClientFactory>().CreateClient(GuardFixture.Name).SendAsync(request, TestContext.Current.CancellationToken);
    }

    internal X509ChainPolicy TrustingPolicy() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        CustomTrustStore = { Certificate },
    };

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
        _folder.Delete(recursive: true);
        Certificate.Dispose();
    }

    private async Task ReadPlainTextAsync()
    {
        var output = _process.StandardOutput;
        var head = new StringBuilder();
        var buffer = new char[4096];
        while (await output.ReadAsync(buffer) is > 0 and var count)
        {
            var text = new string(buffer, 0, count);
            lock (_received)
            {
                _received.Append(text);
            }

            head.Append(text);
            NoteToPort(text);
            if (Request().Match(head.ToString()) is { Success: true } request)
            {
                head.Clear();

                // Its first letter must be none of the commands of s_server: H is none.
                await _process.StandardInput.WriteAsync(Answer(request.Value));
                await _process.StandardInput.FlushAsync();
            }
        }
    }

    private string Answer(string request)
    {
        var body = request.StartsWith("GET /.well-known/", StringComparison.Ordinal)
            ? $$"""{ "resource": "{{Origin}}/api", "authorization_servers": ["{{TestTokenIssuer.DefaultIssuer}}"], {{GuardFixture.Supported}} }"""
            : "{}";
        return $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}";
    }

    private async Task ReadLogAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_log)
            {
                _log.AppendLine(line);
            }

            NoteToPort(line);
        }

        _port.TrySetException(new InvalidOperationException($"openssl s_server ended: {_log}"));
    }

    private void NoteToPort(string text)
    {
        if (Accept().Match(text) is { Success: true } match)
        {
            _port.TrySetResult(int.Parse(match.Groups[1].ValueSpan));
        }
    }

    [GeneratedRegex(@"ACCEPT \S*:(\d+)")]
    private static partial Regex Accept();

    [GeneratedRegex(@"GET .*?\r\n\r\n", RegexOptions.Singleline)]
    private static partial Regex Request();
}
