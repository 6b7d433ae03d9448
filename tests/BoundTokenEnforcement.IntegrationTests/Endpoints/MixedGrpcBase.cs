using System.Text;
using Grpc.Core;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>What would be generated out of a service with two methods.</summary>
[BindServiceMethod(typeof(MixedGrpcBase), nameof(Bind))]
public abstract class MixedGrpcBase
{
    private static readonly Marshaller<string> Utf8 = Marshallers.Create(Encoding.UTF8.GetBytes, Encoding.UTF8.GetString);

    internal static Method<string, string> OpenMethod { get; } = new(MethodType.Unary, "test.Mixed", nameof(Open), Utf8, Utf8);

    internal static Method<string, string> DemandingMethod { get; } = new(MethodType.Unary, "test.Mixed", nameof(Demanding), Utf8, Utf8);

    public static void Bind(ServiceBinderBase binder, MixedGrpcBase? service)
    {
        ArgumentNullException.ThrowIfNull(binder);
        binder.AddMethod(OpenMethod, service is null ? null : new UnaryServerMethod<string, string>(service.Open));
        binder.AddMethod(DemandingMethod, service is null ? null : new UnaryServerMethod<string, string>(service.Demanding));
    }

    public abstract Task<string> Open(string request, ServerCallContext context);

    public abstract Task<string> Demanding(string request, ServerCallContext context);
}
