using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement.Cli.Tests;

/// <summary><c>bound-token user-jwt</c>, without the SDK's own tool. <c>.ci/consumer</c> runs it with the tool and an API.</summary>
public sealed class UserJwtCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = new(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.Parse("2026-11-27T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public async Task Bind_Token_HasTheSameClaimsAndAConfirmationAndTheSameKey()
    {
        var key = RandomNumberGenerator.GetBytes(32);
        var handler = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false };
        var unbound = handler.CreateToken("""{"sub":"root","aud":["http://localhost:1","https://localhost:2"],"exp":4102444800,"iss":"dotnet-user-jwts"}""", new SigningCredentials(new SymmetricSecurityKey(key), "HS256"));
        using var certificate = DevelopmentCertificate.LoadOrCreate(_folder, _clock);
        var thumbprint = CertificateThumbprint.Of(certificate);

        var bound = UserJwtCommand.Bind(unbound, key, thumbprint);

        var payload = Base64UrlEncoder.Decode(new JsonWebToken(bound).EncodedPayload);
        Assert.Equal(
            $$$"""{"sub":"root","aud":["http://localhost:1","https://localhost:2"],"exp":4102444800,"iss":"dotnet-user-jwts","cnf":{"x5t#S256":"{{{thumbprint}}}"}}""",
            payload);
        Assert.Equal(thumbprint, Confirmation.Read(Encoding.UTF8.GetBytes(payload)).CertificateThumbprint);
        Assert.True((await ValidateAsync(bound, key)).IsValid);
        Assert.False((await ValidateAsync(bound, RandomNumberGenerator.GetBytes(32))).IsValid);
    }

    [Fact]
    public void OptionsOfKey_AreThoseThatNameTheKey() => Assert.Equal(
        ["--project", "Api", "--scheme=Other", "--issuer", "me"],
        UserJwts.OptionsOfKey(["--project", "Api", "--scope", "read", "--scheme=Other", "--claim", "a=b", "--issuer", "me", "--name"]));

    [Fact]
    public void Certificate_IsKeptUntilItEndsAndThenMadeAnew()
    {
        using var first = DevelopmentCertificate.LoadOrCreate(_folder, _clock);
        _clock.Advance(TimeSpan.FromDays(363));
        using var kept = DevelopmentCertificate.LoadOrCreate(_folder, _clock);
        _clock.Advance(TimeSpan.FromDays(2));
        using var anew = DevelopmentCertificate.LoadOrCreate(_folder, _clock);

        Assert.Equal(CertificateThumbprint.Of(first), CertificateThumbprint.Of(kept));
        Assert.NotEqual(CertificateThumbprint.Of(first), CertificateThumbprint.Of(anew));
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(DevelopmentCertificate.KeyIn(_folder)));
        Assert.Equal(anew.GetECDsaPublicKey()!.ExportSubjectPublicKeyInfo(), key.ExportSubjectPublicKeyInfo());
    }

    [Fact]
    public void Key_IsForItsOwnerOnly()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such rights; the folder is in the user's profile.");
            return;
        }

        using var certificate = DevelopmentCertificate.LoadOrCreate(_folder, _clock);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(DevelopmentCertificate.KeyIn(_folder)));
    }

    [Fact]
    public async Task Run_ProjectThatDoesNotExist_SaysWhatUserJwtsSays()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();

        var exitCode = await CommandLine.RunAsync(["user-jwt", "--project", "/nowhere"], output, error, TestContext.Current.CancellationToken);

        Assert.Equal(1, exitCode);
        Assert.StartsWith("'dotnet user-jwts create' printed no token:\n", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("/nowhere", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(output.ToString());
    }

    public void Dispose()
    {
        if (_folder.Exists || Directory.Exists(_folder.FullName))
        {
            Directory.Delete(_folder.FullName, recursive: true);
        }
    }

    private static Task<TokenValidationResult> ValidateAsync(string token, byte[] key) => new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters
    {
        ValidIssuer = "dotnet-user-jwts",
        ValidAudience = "https://localhost:2",
        IssuerSigningKey = new SymmetricSecurityKey(key),
    });
}
