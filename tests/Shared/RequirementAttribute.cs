using Xunit.v3;

namespace BoundTokenEnforcement;

/// <summary>
/// The rule that a test shows: a normative statement (<c>R8705-3-6</c>), a decision that the standards leave open (<c>D24</c>), or an attack (<c>AC-062</c>). Becomes the
/// trait <c>Requirement</c>, and for a statement of an RFC the trait <c>Rfc</c> as well, for example <c>8705-3</c>.
/// </summary>
/// <param name="ids">The rules.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class RequirementAttribute(params string[] ids) : Attribute, ITraitAttribute
{
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() =>
    [
        .. ids.Select(static id => KeyValuePair.Create("Requirement", id)),
        .. ids.Where(static id => id.StartsWith('R')).Select(static id => KeyValuePair.Create("Rfc", id[1..id.LastIndexOf('-')])).Distinct(),
    ];
}
