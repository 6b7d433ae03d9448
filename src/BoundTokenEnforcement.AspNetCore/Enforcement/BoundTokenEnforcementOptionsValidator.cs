using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

internal sealed class BoundTokenEnforcementOptionsValidator : IValidateOptions<BoundTokenEnforcementOptions>
{
    public ValidateOptionsResult Validate(string? name, BoundTokenEnforcementOptions options) =>
        Enum.IsDefined(options.Requirement)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{BoundTokenEnforcementOptions.SectionName}:{nameof(options.Requirement)} is '{options.Requirement}'; use {nameof(BindingRequirement.Required)} or {nameof(BindingRequirement.WhenBound)}.");
}
