namespace BoundTokenEnforcement;

internal sealed class BoundTokenFeature(string scheme, BindingResult result) : IBoundTokenFeature
{
    public string Scheme => scheme;

    public BindingOutcome Outcome => result.Outcome;

    public VerifiedBinding? Binding => result.Binding;

    public BindingFailure? Failure => result.Failure;
}
