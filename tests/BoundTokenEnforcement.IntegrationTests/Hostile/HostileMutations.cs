using System.Buffers.Text;
using System.Net;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>AC-046, as many mutations as a test run can afford: the seed and the number are the caller's.</summary>
public static class HostileMutations
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/~ ,;\"%";
    private const int Parallel = 40;

    /// <summary>Every token that is not the good token, byte for byte, is refused; nothing answers with a server error.</summary>
    public static Task AssertUnsignedRefusedAsync(HostileHost host, int seed, int count)
    {
        var random = new Random(seed);
        var good = host.Context.GoodToken();
        var other = host.Context.Issuer.BoundTo(host.Context.B);
        var mutants = Enumerable.Range(0, count)
            .Select(_ => random.Next(4) == 0 ? MutateBytes(random, good) : MutateText(random, good, other))
            // A header value has no blanks around it; and a splice at the very start is the other token, which is as good as the first.
            .Where(m => m.Trim() != good && m != other);
        return AssertAllAsync(host, mutants, answer =>
        {
            Assert.Empty(answer.Subjects);
            Assert.InRange(answer.Status, 400, 401);
        });
    }

    /// <summary>
    /// Mutated claims that the issuer signed: an answer is 200 only if a strict reader of our own finds the claims in order and bound to
    /// the certificate shown, and nothing answers with a server error.
    /// </summary>
    public static async Task AssertSignedPassOnlyIfBoundAsync(HostileHost host, int seed, int count)
    {
        var random = new Random(seed);
        var context = host.Context;
        var payload = Base64Url.DecodeFromChars(JwtTamper.Split(context.GoodToken()).Payload);
        var header = Encoding.UTF8.GetBytes(JwtTamper.TextOf(context.Issuer.Header()));
        var thumbprint = TestCertificates.Thumbprint(context.A);
        var passed = 0;
        await AssertAllAsync(
            host,
            Enumerable.Range(0, count).Select(_ => context.Issuer.SignRaw(header, MutateJson(random, payload))),
            (token, answer) =>
            {
                if (answer.Status == 200)
                {
                    passed++;
                    Assert.True(IsBound(token, thumbprint), $"Let in: {Encoding.UTF8.GetString(Base64Url.DecodeFromChars(JwtTamper.Split(token).Payload))}");
                }
                else
                {
                    Assert.Empty(answer.Subjects);
                    Assert.InRange(answer.Status, 400, 401);
                }
            });

        // Some mutations are harmless, a jti with another letter for one. If none passed, nothing was tested.
        Assert.InRange(passed, 1, count / 2);
    }

    private static Task AssertAllAsync(HostileHost host, IEnumerable<string> tokens, Action<HostileAnswer> assert) =>
        AssertAllAsync(host, tokens, (_, answer) => assert(answer));

    private static async Task AssertAllAsync(HostileHost host, IEnumerable<string> tokens, Action<string, HostileAnswer> assert)
    {
        using var client = host.CreateClient(host.Context.Good(), HttpVersion.Version20, SslProtocols.None);
        foreach (var batch in tokens.Chunk(Parallel))
        {
            var answers = await Task.WhenAll(batch.Select(async token => (token, answer: await host.SendAsync(client, host.Context.Bearer(token)))));
            foreach (var (token, answer) in answers)
            {
                try
                {
                    assert(token, answer);
                }
                catch (Exception e)
                {
                    throw new InvalidOperationException($"Status {answer.Status} for this token: {token}", e);
                }
            }
        }

        // The twin: after all that, the good token still passes.
        (await host.SendAsync(client, host.Context.Good())).AssertIs(Expected.Pass, fixedChallenge: null);
        Assert.DoesNotContain(host.Logs.Records, r => r.EventId.Name == "ApplicationError" || r.EventId.Name == "UnhandledException");
    }

    private static string MutateText(Random random, string good, string other)
    {
        var at = random.Next(good.Length);
        var length = random.Next(1, 1 + Math.Min(30, good.Length - at));
        return random.Next(5) switch
        {
            0 => $"{good[..at]}{Alphabet[random.Next(Alphabet.Length)]}{good[(at + 1)..]}",
            1 => good.Insert(at, Alphabet[random.Next(Alphabet.Length)].ToString()),
            2 => JwtTamper.Cut(good, at, length),
            3 => good[..at] + other[Math.Min(at, other.Length)..],
            _ => good.Insert(at, good.Substring(at, length)),
        };
    }

    private static string MutateBytes(Random random, string good)
    {
        var segments = good.Split('.');
        var which = random.Next(3);
        var bytes = Base64Url.DecodeFromChars(segments[which]);
        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        segments[which] = Base64Url.EncodeToString(bytes);
        return string.Join('.', segments);
    }

    private static byte[] MutateJson(Random random, byte[] payload)
    {
        var mutant = payload.ToList();
        // Half of the mutations where it matters: in and around the confirmation, which comes last.
        var at = random.Next(2) == 0 ? random.Next(mutant.Count) : mutant.Count - 1 - random.Next(Math.Min(70, mutant.Count));
        var length = random.Next(1, 1 + Math.Min(12, mutant.Count - at));
        switch (random.Next(6))
        {
            case 0:
                mutant[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                mutant.RemoveRange(at, length);
                break;
            case 2:
                mutant.InsertRange(at, payload.Skip(at).Take(length));
                break;
            case 3:
                mutant.Insert(at, (byte)"{}[],:\"\\0 \n="[random.Next(12)]);
                break;
            case 4:
                mutant.InsertRange(mutant.Count - 1, ",\"cnf\":{}"u8.ToArray());
                break;
            default:
                mutant.InsertRange(mutant.Count - 2, Members[random.Next(Members.Length)]);
                break;
        }

        return [.. mutant];
    }

    private static readonly byte[][] Members =
        [",\"jkt\":\"x\""u8.ToArray(), ",\"jwk\":{}"u8.ToArray(), ",\"x5t#S256\":\"x\""u8.ToArray(), ",\"x\":1"u8.ToArray(), ",\"\\u0078\":1"u8.ToArray()];

    private static bool IsBound(string token, string thumbprint)
    {
        var payload = Base64Url.DecodeFromChars(JwtTamper.Split(token).Payload);
        try
        {
            using var document = JsonDocument.Parse(payload, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.TryGetProperty("cnf", out var confirmation)
                && confirmation.ValueKind == JsonValueKind.Object
                && confirmation.TryGetProperty("x5t#S256", out var value)
                && value.ValueKind == JsonValueKind.String
                && value.GetString() == thumbprint
                && !confirmation.EnumerateObject().Any(m => m.Name is "jkt" or "jwk" or "jwe" or "jku");
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
