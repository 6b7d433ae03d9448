using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authentication.OAuth;

namespace BoundTokenEnforcement.AspNetCore.Tests;

public sealed class SchemeKindsTests
{
    [Theory]
    [InlineData(typeof(BoundJwtBearerHandler), SchemeKind.Guarded)]
    [InlineData(typeof(PolicySchemeHandler), SchemeKind.Forwards)]
    [InlineData(typeof(CookieAuthenticationHandler), SchemeKind.WithoutTokens)]
    [InlineData(typeof(OAuthHandler<OAuthOptions>), SchemeKind.WithoutTokens)]
    [InlineData(typeof(SignIn), SchemeKind.WithoutTokens)]
    [InlineData(typeof(JwtBearerHandler), SchemeKind.Unknown)]
    [InlineData(typeof(AnyTokenHandler), SchemeKind.Unknown)]
    [InlineData(typeof(OwnCookies), SchemeKind.Unknown)]
    [InlineData(typeof(OwnPolicy), SchemeKind.Unknown)]
    public void KindOf_Handler_IsKnownOnlyByItself(Type handler, object kind) => Assert.Equal(kind, SchemeKinds.KindOf(handler));

    private abstract class SignIn : OAuthHandler<OAuthOptions>
    {
        private SignIn() : base(null!, null!, null!)
        {
        }
    }

    private abstract class OwnCookies : CookieAuthenticationHandler
    {
        private OwnCookies() : base(null!, null!, null!)
        {
        }
    }

    private abstract class OwnPolicy : PolicySchemeHandler
    {
        private OwnPolicy() : base(null!, null!, null!)
        {
        }
    }
}
