namespace BoundTokenEnforcement;

/// <summary>The endpoints that demand the same.</summary>
public sealed class AuditedEndpoints
{
    /// <summary>Describes one, for tests of code that reads the report.</summary>
    /// <param name="demand">What they demand.</param>
    /// <param name="names">Their names; a long list is cut and ends in the number that was left out.</param>
    public AuditedEndpoints(string demand, IReadOnlyList<string> names) =>
        (Demand, Names) = (demand, names);

    /// <summary>What they demand.</summary>
    public string Demand { get; }

    /// <summary>Their names; a long list is cut and ends in the number that was left out.</summary>
    public IReadOnlyList<string> Names { get; }
}
