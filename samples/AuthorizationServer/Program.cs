using AuthorizationServer;

var builder = WebApplication.CreateSlimBuilder(args);
var settings = SettingsReader.Read(builder.Configuration.GetSection("AuthorizationServer"));
await AuthorizationServerHost.Create(settings, builder).RunAsync();
