using Grpc.Core;

namespace BoundTokenEnforcement.IntegrationTests;

public sealed class EntranceGrpcService(IServiceProvider services) : EntranceGrpcBase
{
    public override Task<string> Enter(string request, ServerCallContext context)
    {
        Entrances.Enter(services, context.GetHttpContext());
        return Task.FromResult("entered");
    }
}
