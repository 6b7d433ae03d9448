using System.Text;
using System.Text.Json;

namespace BoundTokenEnforcement.Tests;

/// <summary>One object of tests/vectors/binding/*.json; the keys are explained in tests/vectors/README.md.</summary>
internal sealed record BindingVector
{
    public required string Id { get; init; }

    public required IReadOnlyList<string> Clauses { get; init; }

    public string? Payload { get; init; }

    public string? PayloadBase64 { get; init; }

    public required string? Presented { get; init; }

    public required IReadOnlyList<BindingRequirement> Requirements { get; init; }

    public required BindingOutcome Outcome { get; init; }

    public BindingFailure? Failure { get; init; }

    public string? Twin { get; init; }

    internal static IReadOnlyList<BindingVector> All { get; } =
        [.. Directory.EnumerateFiles(Repository.PathOf("tests", "vectors", "binding"), "*.json")
            .Order(StringComparer.Ordinal)
            .SelectMany(file => Parse(File.ReadAllText(file)))];

    internal static IReadOnlyList<BindingVector> Parse(string json) => JsonSerializer.Deserialize<BindingVector[]>(json, VectorFormat.Options)!;

    internal static BindingVector Named(string id) => All.Single(vector => vector.Id == id);

    internal byte[] Input() => Payload is null ? Convert.FromBase64String(PayloadBase64!) : Encoding.UTF8.GetBytes(Payload);
}
