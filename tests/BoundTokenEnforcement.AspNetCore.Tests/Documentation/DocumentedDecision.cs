using BoundTokenEnforcement.Tests.Documentation;

namespace BoundTokenEnforcement.AspNetCore.Tests.Documentation;

/// <summary>One row of the decision table in <c>docs/reference/enforcement.md</c>, with nothing left open.</summary>
public sealed record DocumentedDecision(string Token, string Certificate, string Requirement, string Mode, string Answer, string Told)
{
    internal static readonly string[] Certificates = ["none", "A", "B"];
    internal static readonly string[] Requirements = Enum.GetNames<BindingRequirement>();
    internal static readonly string[] Modes = Enum.GetNames<EnforcementMode>();

    /// <summary>The table; a row that says "any" is as many rows.</summary>
    internal static IReadOnlyList<DocumentedDecision> All { get; } =
    [
        .. from row in Repository.Document("docs/reference/enforcement.md").Table("Token")
           from certificate in Each(row[1], Certificates)
           from requirement in Each(row[2], Requirements)
           from mode in Each(row[3], Modes)
           select new DocumentedDecision(row[0].Replace("`", string.Empty, StringComparison.Ordinal), certificate, requirement, mode, row[4], row[5]),
    ];

    private static string[] Each(string cell, string[] all) => cell == "any" ? all : [cell];
}
