using System.Text;

namespace BoundTokenEnforcement.Tests;

/// <summary>Names are compared by hash first, and never by hash alone.</summary>
public sealed class MemberNamesTests
{
    private static readonly (string First, string Second) Twins = Colliding();

    [Fact]
    public void Read_DifferentNamesOfTheSameHash_AreNotRepeated()
    {
        Assert.Null(Fault(Twins.First, Twins.Second));
        Assert.Null(Fault(Twins.First, "between", Twins.Second, "after"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Read_RepeatedNameAmongThoseOfTheSameHash_IsFound(int which)
    {
        var repeated = which == 0 ? Twins.First : Twins.Second;

        Assert.Equal(BindingFailure.DuplicateMember, Fault(Twins.First, Twins.Second, repeated));
        Assert.Equal(BindingFailure.DuplicateMember, Fault("before", Twins.First, "between", Twins.Second, "after", repeated));
    }

    private static BindingFailure? Fault(params string[] names)
    {
        var members = string.Join(',', names.Select(name => $"\"{name}\":1"));
        var inPayload = Confirmation.Read(Payload.WithMembers(members)).Fault;
        var inConfirmation = Confirmation.Read(Encoding.UTF8.GetBytes($"{{\"cnf\":{{\"x5t#S256\":\"{PublishedCertificates.A.Thumbprint}\",{members}}}}}")).Fault;
        Assert.Equal(inPayload, inConfirmation);
        return inPayload;
    }

    // The hash is another one in each process. Among so many names two of the same are certain enough: one process in 10^8 finds none.
    private static (string First, string Second) Colliding()
    {
        var seen = new Dictionary<int, string>();
        for (var i = 0; i < 400_000; i++)
        {
            var name = $"n{i}";
            var hash = new HashCode();
            hash.AddBytes(Encoding.UTF8.GetBytes(name));
            if (!seen.TryAdd(hash.ToHashCode(), name))
            {
                return (seen[hash.ToHashCode()], name);
            }
        }

        throw new InvalidOperationException("No two names have the same hash.");
    }
}
