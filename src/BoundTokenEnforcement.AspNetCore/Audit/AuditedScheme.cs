namespace BoundTokenEnforcement;

/// <summary>One authentication scheme, as the audit found it.</summary>
public sealed class AuditedScheme
{
    /// <summary>Describes one, for tests of code that reads the report.</summary>
    /// <param name="name">The scheme's name.</param>
    /// <param name="isEnforced">Whether a stolen bound token is refused there.</param>
    /// <param name="treatment">What becomes of its successes, and why.</param>
    public AuditedScheme(string name, bool isEnforced, string treatment) =>
        (Name, IsEnforced, Treatment) = (name, isEnforced, treatment);

    /// <summary>The scheme's name.</summary>
    public string Name { get; }

    /// <summary>Whether a stolen bound token is refused there.</summary>
    public bool IsEnforced { get; }

    /// <summary>What becomes of its successes, and why.</summary>
    public string Treatment { get; }
}
