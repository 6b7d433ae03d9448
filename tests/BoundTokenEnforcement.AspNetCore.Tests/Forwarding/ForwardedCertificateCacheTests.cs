using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.AspNetCore.Tests.Forwarding;

/// <summary>What is remembered of field values: only what they stand for, only so many, and never a verdict about anybody.</summary>
public sealed class ForwardedCertificateCacheTests
{
    private const ForwardedCertificateFormat Format = ForwardedCertificateFormat.EscapedPem;

    // So that there is much to write in another way.
    private static readonly X509Certificate2 Long = TestCertificates.Large("long", names: 1, fillerBytes: 12_000);

    [Fact]
    public void Read_Certificate_IsRememberedAndTheSame()
    {
        var cache = new ForwardedCertificateCache(Format);
        var value = Api.A.As(Format);

        Assert.Equal(ForwardedCertificateReading.Certificate, cache.Read(value, out var first));
        Assert.Equal(ForwardedCertificateReading.Certificate, cache.Read(new string(value), out var again));

        Assert.Same(first, again);
        Assert.Equal((CertificateThumbprint.Of(Api.A), CertificateSource.TrustedForwarder), (again.Presented!.Thumbprint, again.Presented.Source));
    }

    [Theory]
    [InlineData(null, ForwardedCertificateReading.None)]
    [InlineData("", ForwardedCertificateReading.None)]
    [InlineData("(null)", ForwardedCertificateReading.None)]
    [InlineData("nonsense", ForwardedCertificateReading.Malformed)]
    public void Read_NoCertificate_IsTheSameEachTime(string? value, ForwardedCertificateReading expected)
    {
        var cache = new ForwardedCertificateCache(Format);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(expected, cache.Read(value, out var seen));
            Assert.Same(ClientCertificateState.NoneForwarded, seen);
        }
    }

    // One byte differs: another value, whatever is remembered of the first.
    [Fact]
    public void Read_AlmostWhatIsRemembered_IsReadAnew()
    {
        var cache = new ForwardedCertificateCache(Format);
        var value = Api.A.As(Format);
        _ = cache.Read(value, out var remembered);

        for (var i = 0; i < value.Length; i++)
        {
            var almost = value[..i] + (char)(value[i] ^ 1) + value[(i + 1)..];
            var reading = cache.Read(almost, out var seen);
            Assert.Equal(ForwardedCertificate.Read(Format, almost, out var certificate), reading);
            Assert.Equal(certificate is null ? null : CertificateThumbprint.Of(certificate), seen.Presented?.Thumbprint);
            Assert.NotSame(remembered, seen);
            certificate?.Dispose();
        }

        Assert.Equal(ForwardedCertificateReading.Malformed, cache.Read(value.ToLowerInvariant(), out _));
    }

    [Fact]
    public void Read_MoreThanMaxCount_StartsAnew()
    {
        var cache = new ForwardedCertificateCache(Format);
        _ = cache.Read(Spelling(0), out var first);
        for (var i = 1; i < ForwardedCertificateCache.MaxCount; i++)
        {
            _ = cache.Read(Spelling(i), out _);
        }

        _ = cache.Read(Spelling(0), out var kept);
        Assert.Same(first, kept);

        _ = cache.Read(Spelling(ForwardedCertificateCache.MaxCount), out var last);
        Assert.Equal(ForwardedCertificateReading.Certificate, cache.Read(Spelling(0), out var anew));
        Assert.NotSame(first, anew);
        Assert.Equal(first.Presented!.Thumbprint, anew.Presented!.Thumbprint);
        _ = cache.Read(Spelling(ForwardedCertificateCache.MaxCount), out kept);
        Assert.Same(last, kept);
    }

    [Fact]
    public void Read_LongerTogetherThanMaxTotalLength_StartsAnew()
    {
        var cache = new ForwardedCertificateCache(Format);
        var (length, fit) = (ForwardedCertificateCache.MaxLength, ForwardedCertificateCache.MaxTotalLength / ForwardedCertificateCache.MaxLength);
        _ = cache.Read(OfLength(length), out var first);
        for (var i = 1; i < fit; i++)
        {
            _ = cache.Read(OfLength(length - i), out _);
        }

        _ = cache.Read(OfLength(length), out var kept);
        Assert.Same(first, kept);

        _ = cache.Read(OfLength(length - fit), out _);
        _ = cache.Read(OfLength(length), out var anew);
        Assert.NotSame(first, anew);
    }

    // What is no certificate takes no place of one that is.
    [Fact]
    public void Read_MuchNonsense_ForgetsNothing()
    {
        var cache = new ForwardedCertificateCache(Format);
        _ = cache.Read(Spelling(0), out var first);
        for (var i = 0; i < ForwardedCertificateCache.MaxCount * 2; i++)
        {
            _ = cache.Read($"nonsense {i}", out _);
        }

        _ = cache.Read(Spelling(0), out var kept);
        Assert.Same(first, kept);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Read_LongerThanMaxLength_IsReadAndNotRemembered(int over, bool remembered)
    {
        var cache = new ForwardedCertificateCache(Format);
        var value = OfLength(ForwardedCertificateCache.MaxLength + over);

        Assert.Equal(ForwardedCertificateReading.Certificate, cache.Read(value, out var first));
        Assert.Equal(ForwardedCertificateReading.Certificate, cache.Read(value, out var second));

        Assert.Equal(remembered, ReferenceEquals(first, second));
        Assert.Equal(CertificateThumbprint.Of(Long), second.Presented!.Thumbprint);
    }

    // What is too long to be remembered does not make room for itself either, however little room there is.
    [Fact]
    public void Read_LongerThanMaxLength_ForgetsNothing()
    {
        var cache = new ForwardedCertificateCache(Format);
        var (length, fit) = (ForwardedCertificateCache.MaxLength, ForwardedCertificateCache.MaxTotalLength / ForwardedCertificateCache.MaxLength);
        _ = cache.Read(OfLength(length), out var first);
        for (var i = 1; i < fit; i++)
        {
            _ = cache.Read(OfLength(length - i), out _);
        }

        Assert.Equal(ForwardedCertificateReading.Certificate, cache.Read(OfLength(length + 1), out _));

        _ = cache.Read(OfLength(length), out var kept);
        Assert.Same(first, kept);
    }

    // Two requests bring one new value, as the first two of a client do: it takes one place.
    [Fact]
    public void Read_NewValueTwiceAtOnce_IsCountedOnce()
    {
        var cache = new ForwardedCertificateCache(Format);
        var (length, fit) = (ForwardedCertificateCache.MaxLength, ForwardedCertificateCache.MaxTotalLength / ForwardedCertificateCache.MaxLength);
        _ = cache.Read(OfLength(length), out var first);
        using var together = new Barrier(2);
        for (var i = 1; i < fit; i++)
        {
            var value = OfLength(length - i);
            var readings = new ForwardedCertificateReading[2];
            var threads = Array.ConvertAll([0, 1], index => new Thread(() =>
            {
                together.SignalAndWait();
                readings[index] = cache.Read(value, out _);
            }));
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
            Assert.All(readings, reading => Assert.Equal(ForwardedCertificateReading.Certificate, reading));
        }

        _ = cache.Read(OfLength(length), out var kept);
        Assert.Same(first, kept);
    }

    // Asked of the garbage collector, which knows what is really held.
    [Fact]
    public void Read_LongValuesFromManyThreads_HoldsNoMoreThanMaxTotalLength()
    {
        var cache = new ForwardedCertificateCache(Format);
        var values = ReadManyAtOnce(cache);

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        var held = values.Where(value => value.Text.IsAlive).ToList();
        GC.KeepAlive(cache);
        Assert.InRange(held.Sum(value => value.Length), 1, ForwardedCertificateCache.MaxTotalLength);
        Assert.DoesNotContain(held, value => value.Length > ForwardedCertificateCache.MaxLength);
    }

    [Fact]
    public void Read_ManyAtOnce_EachIsItsOwn()
    {
        var cache = new ForwardedCertificateCache(Format);
        var a = CertificateThumbprint.Of(Api.A);
        var b = CertificateThumbprint.Of(Api.B);

        Parallel.For(0, 20_000, i =>
        {
            // More spellings than there is room for: it is started anew under the readers.
            var reading = (i % 3) switch
            {
                0 => cache.Read(Spelling(i % (ForwardedCertificateCache.MaxCount + 200)), out var seen) == ForwardedCertificateReading.Certificate && seen.Presented!.Thumbprint == a,
                1 => cache.Read(Api.B.As(Format), out var seen) == ForwardedCertificateReading.Certificate && seen.Presented!.Thumbprint == b,
                _ => cache.Read(Spelling(i)[1..], out var seen) == ForwardedCertificateReading.Malformed && seen == ClientCertificateState.NoneForwarded,
            };
            Assert.True(reading);
        });
    }

    // Not inlined, so that no text lives on in the test's own frame.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<(WeakReference Text, int Length)> ReadManyAtOnce(ForwardedCertificateCache cache)
    {
        var fit = ForwardedCertificateCache.MaxTotalLength / ForwardedCertificateCache.MaxLength;
        var values = new ConcurrentBag<(WeakReference, int)>();
        Parallel.For(0, fit * 3, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            // Every second one is too long to be remembered.
            var value = OfLength(ForwardedCertificateCache.MaxLength + (i % 2 == 0 ? -i : i));
            Assert.Equal(ForwardedCertificateReading.Certificate, cache.Read(value, out _));
            values.Add((new WeakReference(value), value.Length));
        });
        return [.. values];
    }

    // Any letter may be written as what it is or by its number: one certificate has as many field values as one likes.
    private static string Spelling(int number)
    {
        var text = new StringBuilder();
        var written = Api.A.As(Format);
        foreach (var (index, character) in written.Index())
        {
            // The dashes of the first line, and six letters behind them.
            text.Append((index < 5 && (number & (1 << index)) != 0) || (index is >= 13 and < 19 && (number & (1 << (index - 8))) != 0)
                ? $"%{(int)character:X2}"
                : character.ToString());
        }

        return text.ToString();
    }

    private static string OfLength(int length)
    {
        var written = Long.As(Format);
        // A last line end belongs to the text or does not: three characters, which makes the rest even.
        if ((length - written.Length) % 2 != 0)
        {
            written = written[..^"%0A".Length];
        }

        var (text, toNumber) = (new StringBuilder(length), (length - written.Length) / 2);
        for (var at = 0; at < written.Length; at++)
        {
            if (written[at] == '%')
            {
                text.Append(written.AsSpan(at, "%0A".Length));
                at += 2;
            }
            else if (toNumber-- > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"%{(int)written[at]:X2}");
            }
            else
            {
                text.Append(written[at]);
            }
        }

        Assert.Equal(length, text.Length);
        return text.ToString();
    }
}
