namespace BoundTokenEnforcement.Client.Tests.Guard;

/// <summary>Tests that start a process each run by themselves: an attempt of the guard has five seconds, also on a busy machine.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OpenSslTests
{
    internal const string Name = "openssl";
}
