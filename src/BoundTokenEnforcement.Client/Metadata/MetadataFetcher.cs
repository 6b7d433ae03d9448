using System.Diagnostics.CodeAnalysis;

namespace BoundTokenEnforcement;

/// <summary>Fetches a document and decides whether it can be believed.</summary>
internal sealed class MetadataFetcher(
    MetadataDiscoveryOptions options, MetadataTransport transport, EnforcementHistory history, TimeProvider clock, GuardTelemetry telemetry)
{
    private readonly SignedMetadata? _signed = SignedMetadata.Create(options, clock);
    private readonly DowngradeDetector _watch = new(history, options.OnEnforcementWithdrawn, telemetry);

    /// <summary>Never throws: whatever happens is an answer, and what is not understood is a refusal.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "An exception in our code is a refusal.")]
    internal async Task<MetadataResult> FetchAsync(ResourceIdentifier resource, FetchPipeline pipeline)
    {
        try
        {
            var answer = await AskAsync(resource, pipeline).ConfigureAwait(false);
            telemetry.Fetched(resource, answer.Document is not null);
            return answer;
        }
        catch (Exception e)
        {
            return Refused(new BoundTokenGuardException(GuardFailure.Unexpected, $"The metadata of '{resource}' could not be fetched or read.", e));
        }
    }

    private async Task<MetadataResult> AskAsync(ResourceIdentifier resource, FetchPipeline pipeline)
    {
        try
        {
            var fetched = await pipeline.RunAsync(cancellationToken => transport.GetAsync(resource, cancellationToken), CancellationToken.None).ConfigureAwait(false);
            return fetched.Fault is null ? await BelievedAsync(resource, fetched).ConfigureAwait(false) : throw NotFetched(resource, fetched);
        }
        catch (BoundTokenGuardException e)
        {
            // An answer, but not one that could be believed: equivalent to a withdrawal, and reported like one.
            if (e.Failure is GuardFailure.MetadataInvalid or GuardFailure.MetadataOfAnotherResource or GuardFailure.MetadataSignatureInvalid)
            {
                _watch.ReportDowngrade(resource);
            }

            return Refused(e);
        }
    }

    private BoundTokenGuardException NotFetched(ResourceIdentifier resource, JsonFetch fetched) => fetched.Fault == FetchFault.NotJson
        ? new(GuardFailure.MetadataInvalid, $"The metadata at '{resource.MetadataUrl}' cannot be used: {fetched.Describe()}.")
        : new(
            GuardFailure.MetadataUnreachable,
            $"The metadata of '{resource}' could not be fetched from '{resource.MetadataUrl}': {fetched.Describe()}.{Advice(fetched)}",
            fetched.Cause);

    private string Advice(JsonFetch fetched) => fetched switch
    {
        // nginx and others answer 400 where a client certificate does not verify.
        { Status: 400 } when transport.PresentsCertificate => $" {RejectedCertificate.Advice}",
        { Status: 404 } => " The URL follows from the resource identifier (RFC 9728 §3.1): compare the identifier with the one that the resource publishes.",
        { Cause: { } cause } when transport.PresentsCertificate && ConnectionProblem.MayBeRejection(cause) => $" {RejectedCertificate.Advice}",
        _ => string.Empty,
    };

    private async ValueTask<MetadataResult> BelievedAsync(ResourceIdentifier resource, JsonFetch received)
    {
        if (!ProtectedResourceMetadata.TryParse(received.Body, out var document, out var fault, out var member))
        {
            throw new BoundTokenGuardException(GuardFailure.MetadataInvalid, $"The metadata at '{resource.MetadataUrl}' is not what RFC 9728 demands: {fault}{(member is null ? string.Empty : $", member {ForeignText.Quote(member)}")}.");
        }

        // RFC 9728 §3.3: nothing of such a document may be used.
        if (!document.Resource.Equals(resource))
        {
            throw new BoundTokenGuardException(GuardFailure.MetadataOfAnotherResource, $"The metadata at '{resource.MetadataUrl}' is about {ForeignText.Quote(document.Resource.Value)}, not '{resource}'. Both must be the same, character by character (RFC 9728 §3.3).");
        }

        var life = Clamp(received.Freshness);
        if (_signed is not null)
        {
            (document, var expires) = await _signed.VerifyAsync(document).ConfigureAwait(false);
            life = expires - clock.GetUtcNow() is { } left && left < life ? left : life;
        }

        _watch.RequireNotWithdrawn(document);
        return new MetadataResult(document, life, clock);
    }

    private TimeSpan Clamp(TimeSpan life) =>
        life < options.MinLifetime ? options.MinLifetime : life > options.MaxLifetime ? options.MaxLifetime : life;

    private MetadataResult Refused(BoundTokenGuardException refused) => new(refused, options.FailureLifetime, clock);
}
