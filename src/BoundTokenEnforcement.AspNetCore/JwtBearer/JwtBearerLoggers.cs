using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement;

/// <summary>Lets the application's JwtBearer log under the name it always had, so that its filters and alerts still find it.</summary>
internal sealed class JwtBearerLoggers(ILoggerFactory loggers) : ILoggerFactory
{
    private readonly ILogger _logger = new ShortExceptionLogger(loggers.CreateLogger(typeof(JwtBearerHandler).FullName!));

    // The base class asks for the name of the class that it finds itself to be.
    public ILogger CreateLogger(string categoryName) => _logger;

    public void AddProvider(ILoggerProvider provider) => loggers.AddProvider(provider);

    public void Dispose()
    {
    }
}
