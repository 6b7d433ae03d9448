/// <summary>What is done about revoked certificates: <c>Certificates:Revocation</c>.</summary>
internal enum RevocationCheck
{
    /// <summary>Revoked is refused, and so is one of which nobody says that it is not: while the responder is down, nobody gets in.</summary>
    Strict = 0,

    /// <summary>Revoked is refused. While the responder is down, a revoked certificate gets in.</summary>
    TolerateOutage,

    /// <summary>Nobody is asked.</summary>
    Skip,
}
