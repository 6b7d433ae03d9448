using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Remembers which attempts got into an endpoint, whatever kind of endpoint it is.</summary>
internal sealed class Visitors
{
    internal const string AttemptHeader = "x-attempt";

    private readonly ConcurrentDictionary<string, int> _entered = new(StringComparer.Ordinal);

    internal void Enter(HttpContext context) =>
        _entered.AddOrUpdate(context.Request.Headers[AttemptHeader].ToString(), 1, static (_, count) => count + 1);

    internal int CountOf(string attempt) => _entered.GetValueOrDefault(attempt);
}
