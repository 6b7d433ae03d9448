namespace BoundTokenEnforcement;

/// <summary>Marks, under its name, a client that has a guard.</summary>
internal sealed class GuardRegistration
{
}
