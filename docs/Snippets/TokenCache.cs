namespace BoundTokenEnforcement.Snippets;

internal static class TokenCache
{
    internal static void Add(WebApplicationBuilder builder)
    {
        #region token-cache
        builder.Services.AddBoundTokenEnforcement();
        builder.Services.AddValidatedTokenCache();
        #endregion
    }

    internal static void RememberIdentities(WebApplicationBuilder builder)
    {
        #region token-cache-identities
        builder.Services.AddBoundTokenEnforcement();
        builder.Services.AddValidatedTokenCache(o => o.Remember = ValidatedTokenCacheContent.Identities);
        #endregion
    }

    internal static void GiveRoom(WebApplicationBuilder builder)
    {
        #region token-cache-room
        builder.Services.AddValidatedTokenCache(o => o.MaxBytes = 64 * 1024 * 1024);
        #endregion
    }
}
