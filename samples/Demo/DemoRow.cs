namespace Demo;

/// <summary>One call, made to both APIs.</summary>
internal sealed record DemoRow(
    string Who, string Token, string Certificate, string Request, string BearerApi, string BoundApi, string ExpectedOfBearerApi, string ExpectedOfBoundApi)
{
    public bool Ok => BearerApi == ExpectedOfBearerApi && BoundApi == ExpectedOfBoundApi;
}
