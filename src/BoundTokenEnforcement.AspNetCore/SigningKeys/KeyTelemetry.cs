using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement;

/// <summary>Tells what becomes of the keys. Whatever happens to the listeners, nothing else changes.</summary>
internal sealed class KeyTelemetry(KeyMetrics metrics, TimeProvider clock, ILogger<KeyTelemetry> logger)
{
    private readonly LogRateLimiter _budget = new(clock);

    internal void TokenNotValidated(string scheme)
    {
        Try(() => metrics.TokenNotValidated(scheme));
        Try(() =>
        {
            if (_budget.TryPass(out var suppressed))
            {
                logger.TokenWithoutKeys(scheme, suppressed);
            }
        });
    }

    internal void Fetched(string scheme, int count)
    {
        Try(() => logger.KeysFetched(scheme, count));
        Try(() => metrics.Fetched(scheme, succeeded: true));
    }

    internal void FetchFailed(string scheme, Exception fault, bool keysAreLeft)
    {
        Try(() =>
        {
            if (keysAreLeft)
            {
                logger.KeysNotRefreshed(scheme, KeyFault.Describe(fault));
            }
            else
            {
                logger.KeysUnavailable(scheme, KeyFault.Describe(fault));
            }
        });
        Try(() => metrics.Fetched(scheme, succeeded: false));
    }

    private static void Try(Action tell)
    {
        try
        {
            tell();
        }
#pragma warning disable CA1031 // A failing log provider or metrics listener must not fail the request.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
