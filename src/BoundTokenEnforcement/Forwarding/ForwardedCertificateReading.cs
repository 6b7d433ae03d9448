namespace BoundTokenEnforcement;

/// <summary>What was found in a forwarded certificate field.</summary>
public enum ForwardedCertificateReading
{
    /// <summary>Something that is not one certificate in the chosen format. The request is to be refused.</summary>
    Malformed = 0,

    /// <summary>No certificate: no field, an empty one, or one of the signs by which proxies say that the client had none.</summary>
    None = 1,

    /// <summary>One certificate.</summary>
    Certificate = 2,
}
