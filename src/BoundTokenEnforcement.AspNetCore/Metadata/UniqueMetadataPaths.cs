namespace BoundTokenEnforcement;

/// <summary>Options without a member: what no single resource can see is validated together with those of each resource.</summary>
internal sealed class UniqueMetadataPaths
{
}
