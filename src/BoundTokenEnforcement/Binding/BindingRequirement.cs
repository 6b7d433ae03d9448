namespace BoundTokenEnforcement;

/// <summary>Whether a token must be bound. Neither value ever lets a <em>bound</em> token through unproven.</summary>
public enum BindingRequirement
{
    /// <summary>A token without a confirmation is refused. The default.</summary>
    Required = 0,

    /// <summary>A token without a confirmation is accepted as a bearer token; a bound one is verified.</summary>
    WhenBound = 1,
}
