using Grpc.Core;
using Microsoft.AspNetCore.Authorization;

namespace BoundTokenEnforcement.IntegrationTests;

[Authorize]
public sealed class MixedGrpcService : MixedGrpcBase
{
    public override Task<string> Open(string request, ServerCallContext context) => Task.FromResult("entered");

    [RequireBoundToken]
    public override Task<string> Demanding(string request, ServerCallContext context) => Task.FromResult("entered");
}
