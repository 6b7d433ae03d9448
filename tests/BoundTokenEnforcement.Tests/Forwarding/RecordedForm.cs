using System.Text.Json;

namespace BoundTokenEnforcement.Tests;

/// <summary>A header value of tests/vectors/forwarding.</summary>
internal sealed record RecordedForm(string Id, string Writer, ForwardedCertificateFormat Format, string Value, string Certificate)
{
    internal static IReadOnlyList<RecordedForm> All { get; } = [.. Directory.EnumerateFiles(Repository.PathOf("tests", "vectors", "forwarding"), "*.json")
        .Order(StringComparer.Ordinal)
        .SelectMany(file => JsonSerializer.Deserialize<RecordedForm[]>(File.ReadAllText(file), VectorFormat.Options)!)];

    internal static RecordedForm Named(string id) => All.Single(form => form.Id == id);

    internal byte[] Der() => Convert.FromBase64String(PublishedCertificates.Named(Certificate).Der);
}
