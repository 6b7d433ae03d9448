namespace BoundTokenEnforcement;

/// <summary>What a challenge says about the metadata.</summary>
internal enum ChallengeMeaning
{
    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>It has changed, or was missed: fetch and check it anew (RFC 9728 §5.2).</summary>
    FetchAgain,

    /// <summary>It is said to be somewhere else, or the challenge cannot be read. Nothing there is followed.</summary>
    Contradiction,
}
