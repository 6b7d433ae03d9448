using System.Globalization;
using System.Text;

namespace BoundTokenEnforcement;

/// <summary>What is enforced in this host, and what is not.</summary>
public sealed class BoundTokenAuditReport
{
    /// <summary>The options in force, in words.</summary>
    public required string Policy { get; init; }

    /// <summary>Every authentication scheme and what becomes of its successes.</summary>
    public required IReadOnlyList<AuditedScheme> Schemes { get; init; }

    /// <summary>The endpoints, grouped by what they demand.</summary>
    public required IReadOnlyList<AuditedEndpoints> Endpoints { get; init; }

    /// <summary>The addresses that the server listens on, and whether a certificate can arrive there.</summary>
    public required IReadOnlyList<AuditedListener> Listeners { get; init; }

    /// <summary>What is published about this API, one line a resource.</summary>
    public required IReadOnlyList<string> Metadata { get; init; }

    /// <summary>What can only fail open, or can never work. Each names the option or call to change.</summary>
    public required IReadOnlyList<string> Faults { get; init; }

    /// <summary>What lowers security by a decision of the application, and what looks unintended.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Whether there is no fault.</summary>
    public bool IsSound => Faults.Count == 0;

    /// <summary>The report as a table, as it stands in the log.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("What is enforced here:");
        Row("policy", Policy);
        foreach (var scheme in Schemes)
        {
            Row("scheme", string.Create(CultureInfo.InvariantCulture, $"{scheme.Name,-14} {scheme.Treatment}"));
        }

        foreach (var endpoints in Endpoints)
        {
            Row("endpoints", string.Create(CultureInfo.InvariantCulture, $"{endpoints.Demand,-14} {string.Join(", ", endpoints.Names)}"));
        }

        foreach (var listener in Listeners)
        {
            Row("listener", string.Create(CultureInfo.InvariantCulture, $"{listener.Address} {listener.Finding}"));
        }

        All("metadata", Metadata);
        All("warning", Warnings);
        All("FAULT", Faults);
        return text.ToString();

        void All(string kind, IReadOnlyList<string> lines)
        {
            foreach (var line in lines)
            {
                Row(kind, line);
            }
        }

        void Row(string kind, string line) => text.Append('\n').Append(CultureInfo.InvariantCulture, $"  {kind,-10} {line}");
    }
}
