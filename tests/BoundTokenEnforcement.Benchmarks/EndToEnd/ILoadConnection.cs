namespace BoundTokenEnforcement.Benchmarks;

/// <summary>One connection that is kept, and the requests that are sent over it, one after the other.</summary>
internal interface ILoadConnection : IAsyncDisposable
{
    /// <summary>Sends the next request and reads the answer to its end.</summary>
    /// <returns>The status.</returns>
    ValueTask<int> SendAsync();
}
