namespace Demo;

/// <summary>One call, made to both APIs.</summary>
/// <param name="Message">What BoundApi said besides.</param>
internal sealed record DemoRow(
    string Who, string Token, string Certificate, string Request, string BearerApi, string BoundApi, string ExpectedOfBearerApi, string ExpectedOfBoundApi,
    string? Message = null)
{
    public bool Ok => BearerApi == ExpectedOfBearerApi && BoundApi == ExpectedOfBoundApi;
}
