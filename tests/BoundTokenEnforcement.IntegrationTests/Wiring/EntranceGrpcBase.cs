using System.Text;
using Grpc.Core;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>What would be generated out of a service with one method.</summary>
[BindServiceMethod(typeof(EntranceGrpcBase), nameof(Bind))]
public abstract class EntranceGrpcBase
{
    private static readonly Marshaller<string> Utf8 = Marshallers.Create(Encoding.UTF8.GetBytes, Encoding.UTF8.GetString);

    internal static Method<string, string> EnterMethod { get; } = new(MethodType.Unary, "test.Entrance", nameof(Enter), Utf8, Utf8);

    public static void Bind(ServiceBinderBase binder, EntranceGrpcBase? service)
    {
        ArgumentNullException.ThrowIfNull(binder);
        binder.AddMethod(EnterMethod, service is null ? null : new UnaryServerMethod<string, string>(service.Enter));
    }

    public abstract Task<string> Enter(string request, ServerCallContext context);
}
