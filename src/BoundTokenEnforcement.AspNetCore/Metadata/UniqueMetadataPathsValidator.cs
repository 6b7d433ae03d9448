using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>Refuses two resources with one place for their metadata.</summary>
internal sealed class UniqueMetadataPathsValidator(IEnumerable<ResourceName> names, IOptionsMonitor<ProtectedResourceMetadataOptions> options)
    : IValidateOptions<UniqueMetadataPaths>
{
    public ValidateOptionsResult Validate(string? name, UniqueMetadataPaths owners)
    {
        // The host is left out on purpose: it cannot distinguish two resources, because a client can name any host.
        var faults = names
            .Select(resource => (Path: ProtectedResourceMetadataOptions.PathOf(resource.Value, nameof(ProtectedResourceMetadataOptions.Resource)), Identifier: IdentifierOf(resource)))
            .Where(static resource => resource.Identifier is not null)
            .GroupBy(static resource => resource.Identifier!.MetadataPath + resource.Identifier.MetadataQuery, StringComparer.Ordinal)
            .Where(static sameTarget => sameTarget.Count() > 1)
            .Select(static sameTarget => $"{string.Join(" and ", sameTarget.Select(static resource => $"{resource.Path} ('{resource.Identifier}')"))} have their metadata at the same place, {sameTarget.Key}. Give them different paths.")
            .ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private ResourceIdentifier? IdentifierOf(ResourceName name)
    {
        try
        {
            return ResourceIdentifier.TryParse(options.Get(name.Value).Resource, out var identifier) ? identifier : null;
        }
        catch (OptionsValidationException)
        {
            // Reported on its own.
            return null;
        }
    }
}
