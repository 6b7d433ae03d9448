namespace BoundTokenEnforcement;

/// <summary>A body that came as RFC 9728 §3.2 demands it, not read yet, and for how long its server lets it be kept.</summary>
internal sealed record ReceivedMetadata(byte[] Utf8, TimeSpan Freshness);
