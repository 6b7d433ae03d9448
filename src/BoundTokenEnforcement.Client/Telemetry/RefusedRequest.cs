using System.Collections;

namespace BoundTokenEnforcement;

/// <summary>A refusal as a structured log state.</summary>
internal sealed class RefusedRequest(ResourceIdentifier resource, GuardFailure refusal, string reason) : IReadOnlyList<KeyValuePair<string, object?>>
{
    private readonly KeyValuePair<string, object?>[] _values =
    [
        new("Resource", resource.Value),
        new("Refusal", refusal),
        new("Reason", reason),
        new("{OriginalFormat}", "Nothing was sent to {Resource} ({Refusal}): {Reason}"),
    ];

    public int Count => _values.Length;

    public KeyValuePair<string, object?> this[int index] => _values[index];

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => _values.AsEnumerable().GetEnumerator();

    public override string ToString() => $"Nothing was sent to {resource} ({refusal}): {reason}";

    IEnumerator IEnumerable.GetEnumerator() => _values.GetEnumerator();
}
