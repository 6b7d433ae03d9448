namespace BoundTokenEnforcement;

/// <summary>What a fetch brought: a document or a refusal, and how long that counts.</summary>
internal sealed class MetadataResult
{
    private readonly TimeProvider _clock;
    private readonly long _began;
    private readonly TimeSpan _life;
    private readonly DateTimeOffset _expires;
    private readonly BoundTokenGuardException? _refused;

    internal MetadataResult(ProtectedResourceMetadata document, TimeSpan life, TimeProvider clock)
        : this(life, clock) => Document = document;

    internal MetadataResult(BoundTokenGuardException refused, TimeSpan life, TimeProvider clock)
        : this(life, clock) => _refused = refused;

    private MetadataResult(TimeSpan life, TimeProvider clock)
    {
        _clock = clock;
        _life = life;
        _began = clock.GetTimestamp();
        _expires = clock.GetUtcNow() + life;
    }

    /// <summary><see langword="null"/> if it is a refusal.</summary>
    internal ProtectedResourceMetadata? Document { get; }

    // By two clocks, whichever ends it first: one can be set back, the other stands still while the machine sleeps.
    internal bool IsAlive => _clock.GetElapsedTime(_began) < _life && _clock.GetUtcNow() < _expires;

    /// <exception cref="BoundTokenGuardException">It is a refusal. Each caller gets a new exception.</exception>
    internal ProtectedResourceMetadata DocumentOrThrow() =>
        Document ?? throw new BoundTokenGuardException(_refused!.Failure, _refused.Message, _refused.InnerException);
}
