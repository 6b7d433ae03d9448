namespace BoundTokenEnforcement;

/// <summary>What the audit found, in the order in which it was found, and which of it stops the host.</summary>
internal sealed class AuditFaults
{
    private readonly List<(string Text, bool MayFailOpen)> _found = [];

    /// <summary>What may let a stolen token in, or what contradicts itself.</summary>
    internal void Add(string fault) => _found.Add((fault, true));

    internal void AddRange(IEnumerable<string> faults) => _found.AddRange(faults.Select(static fault => (fault, true)));

    /// <summary>What can only refuse the right users.</summary>
    internal void AddRefusing(string fault) => _found.Add((fault, false));

    internal void AddRefusingRange(IEnumerable<string> faults) => _found.AddRange(faults.Select(static fault => (fault, false)));

    /// <summary>Those that stop the host. In report-only mode nothing does: it promises that no request is turned away, and a host that does not start turns all away.</summary>
    internal List<string> Stopping(EnforcementMode mode, bool isDevelopment) => TextsOf(fault => Stops(fault, mode, isDevelopment));

    /// <summary>The others, which are reported in the same words.</summary>
    internal List<string> Tolerated(EnforcementMode mode, bool isDevelopment) => TextsOf(fault => !Stops(fault, mode, isDevelopment));

    // In development, a host that can only reject requests does no harm.
    private static bool Stops((string Text, bool MayFailOpen) fault, EnforcementMode mode, bool isDevelopment) =>
        mode != EnforcementMode.ReportOnly && (fault.MayFailOpen || !isDevelopment);

    private List<string> TextsOf(Func<(string Text, bool MayFailOpen), bool> wanted) => [.. _found.Where(wanted).Select(static fault => fault.Text)];
}
