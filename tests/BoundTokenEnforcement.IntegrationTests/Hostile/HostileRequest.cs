namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>One row of the abuse catalogue: a request, what it must get, and the same request with one thing put right (or wrong).</summary>
/// <param name="Id">The catalogue's number.</param>
/// <param name="Description">What is wrong; unique within the number.</param>
/// <param name="Build">The request.</param>
/// <param name="Expected">What it must get.</param>
/// <param name="Twin">The counterpart: it passes where the request is refused, and is refused where the request passes.</param>
public sealed record HostileRequest(
    string Id,
    string Description,
    Func<HostileContext, RequestShape> Build,
    Expected Expected,
    Func<HostileContext, RequestShape> Twin)
{
    /// <summary>The name of the row.</summary>
    public string Key => $"{Id} {Description}";

    /// <summary>Whether JwtBearer alone refuses too. Where it does not, this row is a reason for this project.</summary>
    public bool StockRefuses { get; init; } = true;

    /// <summary>What it must get where tokens need not be bound (<see cref="BindingRequirement.WhenBound"/>); the same unless the row says otherwise.</summary>
    public Expected? WhenBound { get; init; }

    /// <summary>What the twin must get.</summary>
    public Expected TwinExpected => Expected == Expected.Pass ? Expected.InvalidToken : Expected.Pass;
}
