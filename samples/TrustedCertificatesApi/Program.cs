using System.Security.Claims;
using BoundTokenEnforcement;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddAuthentication("Bearer").AddJwtBearer()
    .AddCertificate(certificates => TrustedCertificates.Configure(certificates, builder.Configuration.GetSection("Certificates")))
    .AddCertificateCache();
builder.Services.AddBoundTokenEnforcement(options => options.CertificateAuthenticationScheme = "Certificate");
builder.Services.AddProtectedResourceMetadata();
builder.Services.AddAuthorizationBuilder()
    .AddPolicy("read", policy => policy.RequireAuthenticatedUser().RequireAssertion(context => MayRead(context.User)));

var app = builder.Build();
app.MapProtectedResourceMetadata();

app.MapGet("/public", () => new { message = "Hello, everybody." });

app.MapGet("/orders", () => new[] { new { id = 1, item = "Tea" }, new { id = 2, item = "Biscuits" } }).RequireAuthorization("read");

app.MapGet("/whoami", (HttpContext http) => new
{
    subject = http.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? http.User.FindFirstValue("sub"),
    client = http.User.FindFirstValue("client_id"),
    binding = http.Features.Get<IBoundTokenFeature>()?.Binding?.Source.ToString(),
    thumbprint = http.Features.Get<IBoundTokenFeature>()?.Binding?.Thumbprint.ToString(),
}).RequireAuthorization();

app.Run();

// A token without scopes was not restricted by any.
static bool MayRead(ClaimsPrincipal user)
{
    var scopes = user.FindAll("scope").SelectMany(scope => scope.Value.Split(' ')).ToArray();
    return scopes.Length == 0 || scopes.Contains("read");
}
