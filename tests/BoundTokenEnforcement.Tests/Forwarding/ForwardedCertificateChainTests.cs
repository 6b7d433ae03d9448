using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement.Tests;

/// <summary>RFC 9440 §2.3, RFC 9651 §4.2.1.</summary>
public sealed class ForwardedCertificateChainTests
{
    private static readonly string Intermediate = $":{PublishedCertificates.Named("rfc9440-intermediate").Der}:";
    private static readonly string Root = $":{PublishedCertificates.Named("rfc9440-root").Der}:";

    public static TheoryData<string, string?[]> Lists => new()
    {
        { "as in the RFC", [$"{Intermediate}, {Root}"] },
        { "without a blank", [$"{Intermediate},{Root}"] },
        { "with blanks and a tabulator around the comma", [$"{Intermediate} \t,\t {Root}"] },
        { "blanks around", [$" {Intermediate}, {Root} "] },
        { "two lines", [Intermediate, Root] },
    };

    public static TheoryData<string, string?[]> Refused => new()
    {
        { "comma at the end", [$"{Intermediate},"] },
        { "comma at the beginning", [$",{Intermediate}"] },
        { "two commas", [$"{Intermediate},,{Root}"] },
        { "comma alone", [","] },
        { "no comma", [$"{Intermediate} {Root}"] },
        { "semicolon for comma", [$"{Intermediate};{Root}"] },
        { "empty line behind", [Intermediate, ""] },
        { "empty line before", ["", Intermediate] },
        { "null line", [Intermediate, null] },
        { "two empty lines", ["", ""] },
        { "comma at the end of the first line", [$"{Intermediate},", Root] },
        { "one that goes on in the next line", [Intermediate[..100], Intermediate[100..]] },
        { "parameter", [$"{Intermediate};a=1, {Root}"] },
        { "parameter of the last", [$"{Intermediate}, {Root};a"] },
        { "inner list", [$"({Intermediate} {Root})"] },
        { "empty byte sequence", ["::"] },
        { "empty byte sequence behind", [$"{Intermediate}, ::"] },
        { "name of nothing", ["(null)"] },
        { "token", ["a"] },
        { "string", [$"\"{Intermediate}\""] },
        { "without colons", [Intermediate.Trim(':')] },
        { "blank inside", [Intermediate.Insert(40, " ")] },
        { "URL-safe alphabet", [Intermediate.Replace('+', '-').Replace('/', '_')] },
        { "line feed around the comma", [$"{Intermediate},\n{Root}"] },
        { "last one is no certificate", [$"{Intermediate}, :{Convert.ToBase64String("no certificate"u8)}:"] },
        { "byte behind a certificate", [$"{Intermediate}, :{Convert.ToBase64String([.. Convert.FromBase64String(PublishedCertificates.A.Der), 0])}:"] },
    };

    public static TheoryData<string?[]> Empty => new() { Array.Empty<string>(), new string?[] { null }, new[] { "" } };

    [Theory]
    [MemberData(nameof(Lists))]
    public void TryRead_List_InItsOrder(string what, string?[] fieldLines)
    {
        Assert.NotEmpty(what);
        Assert.True(ForwardedCertificateChain.TryRead(fieldLines, out var chain));
        Assert.Equal([Intermediate, Root], chain.Select(certificate => $":{Convert.ToBase64String(certificate.RawData)}:"));
        Dispose(chain);
    }

    [Theory]
    [MemberData(nameof(Empty))]
    public void TryRead_NoLineOrAnEmptyOne_Empty(string?[] fieldLines)
    {
        Assert.True(ForwardedCertificateChain.TryRead(fieldLines, out var chain));
        Assert.Empty(chain);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void TryRead_AnythingElse_FalseAndNothingLeftOpen(string what, string?[] fieldLines)
    {
        Assert.NotEmpty(what);
        Assert.False(ForwardedCertificateChain.TryRead(fieldLines, out var chain));
        Assert.Null(chain);

        var loaded = new X509Certificate2Collection();
        Assert.False(ForwardedCertificateChain.TryRead(fieldLines, loaded));
        Assert.All(loaded, certificate => Assert.Equal(IntPtr.Zero, certificate.Handle));
    }

    [Fact]
    public void TryRead_SecondOneRefused_FirstOneDisposed()
    {
        var loaded = new X509Certificate2Collection();
        Assert.False(ForwardedCertificateChain.TryRead([Intermediate, "a"], loaded));
        Assert.Equal(IntPtr.Zero, Assert.Single(loaded).Handle);
    }

    [Theory]
    [InlineData(ForwardedCertificateChain.MaxCertificates, true)]
    [InlineData(ForwardedCertificateChain.MaxCertificates + 1, false)]
    [Requirement("R9440-2.3-1")]
    public void TryRead_MaxCertificates_ReadAndNoMore(int count, bool expected)
    {
        foreach (var fieldLines in new IReadOnlyList<string?>[] { [.. Enumerable.Repeat(Root, count)], [string.Join(',', Enumerable.Repeat(Root, count))] })
        {
            Assert.Equal(expected, ForwardedCertificateChain.TryRead(fieldLines, out var chain));
            Assert.Equal(expected ? count : null, chain?.Count);
            Dispose(chain);
        }
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void TryRead_MaxLength_ReadAndNotAbove(int excess, bool expected)
    {
        // Blanks around a comma may be as many as one likes.
        var fill = new string(' ', ForwardedCertificateChain.MaxLength - (2 * Root.Length) - Intermediate.Length - 1 + excess);

        Assert.Equal(expected, ForwardedCertificateChain.TryRead([$"{Root},{fill}{Intermediate}", Root], out var chain));
        Assert.Equal(expected ? 3 : null, chain?.Count);
        Dispose(chain);
    }

    [Fact]
    public void TryRead_NoLines_Throws() => Assert.Throws<ArgumentNullException>(() => ForwardedCertificateChain.TryRead(null!, out _));

    private static void Dispose(X509Certificate2Collection? chain)
    {
        foreach (var certificate in chain ?? [])
        {
            certificate.Dispose();
        }
    }
}
