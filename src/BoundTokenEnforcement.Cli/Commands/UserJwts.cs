using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace BoundTokenEnforcement;

/// <summary>Asks <c>dotnet user-jwts</c>, which keeps its keys in the user secrets of the project.</summary>
internal static partial class UserJwts
{
    // What 'key' understands of the options of 'create'.
    private static readonly string[] KeyOptions = ["-p", "--project", "--scheme", "--issuer"];

    internal static async Task<string> CreateAsync(IReadOnlyList<string> options, CancellationToken cancellationToken)
    {
        var (answer, error) = await RunAsync(["create", .. options, "--output", "json"], cancellationToken).ConfigureAwait(false);
        try
        {
            return JsonDocument.Parse(answer).RootElement.GetProperty("Token").GetString()!;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new UserJwtsException($"'dotnet user-jwts create' printed no token:\n{answer}{error}".TrimEnd());
        }
    }

    internal static async Task<byte[]> KeyAsync(IReadOnlyList<string> options, CancellationToken cancellationToken)
    {
        var (answer, error) = await RunAsync(["key", .. OptionsOfKey(options)], cancellationToken).ConfigureAwait(false);
        return SigningKey().Match(answer) is { Success: true } found
            ? Convert.FromBase64String(found.Groups[1].Value)
            : throw new UserJwtsException($"'dotnet user-jwts key' printed no key:\n{answer}{error}".TrimEnd());
    }

    internal static IEnumerable<string> OptionsOfKey(IReadOnlyList<string> options)
    {
        for (var i = 0; i < options.Count; i++)
        {
            if (KeyOptions.Contains(options[i]) && i + 1 < options.Count)
            {
                yield return options[i];
                yield return options[++i];
            }
            else if (KeyOptions.Any(name => options[i].StartsWith($"{name}=", StringComparison.Ordinal) || options[i].StartsWith($"{name}:", StringComparison.Ordinal)))
            {
                yield return options[i];
            }
        }
    }

    // Its exit code is 0 whether or not it did what it was asked to.
    private static async Task<(string Output, string Error)> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = new ProcessStartInfo("dotnet", ["user-jwts", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true } };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            throw new UserJwtsException("'dotnet' was not found. Install the .NET SDK, which has 'dotnet user-jwts'.");
        }

        var (output, error) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
        await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        return (await output.ConfigureAwait(false), await error.ConfigureAwait(false));
    }

    [GeneratedRegex("Signing Key: '((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)'")]
    private static partial Regex SigningKey();
}
