namespace BoundTokenEnforcement.Snippets;

internal static class Forwarding
{
    internal static void FromAProxy(WebApplicationBuilder builder)
    {
        #region forwarded
        builder.Services.AddBoundTokenEnforcement(o => o.UseForwardedCertificate(f =>
        {
            f.Format = ForwardedCertificateFormat.ClientCert;
            f.TrustedProxies.Add("10.1.0.0/16");
        }));
        #endregion
    }
}
