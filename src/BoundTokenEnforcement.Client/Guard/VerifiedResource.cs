namespace BoundTokenEnforcement;

/// <summary>A document that was found to say what it must, and the issuers that follow from it: found out once per document, not once per request.</summary>
internal sealed record VerifiedResource(ProtectedResourceMetadata Document, HashSet<string> Issuers);
