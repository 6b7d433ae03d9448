namespace BoundTokenEnforcement;

/// <summary>The endpoints that demand the same.</summary>
/// <param name="Demand">What they demand.</param>
/// <param name="Names">Their names; a long list is cut and ends in the number that was left out.</param>
public sealed record AuditedEndpoints(string Demand, IReadOnlyList<string> Names);
