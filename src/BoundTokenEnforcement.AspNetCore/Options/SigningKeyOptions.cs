namespace BoundTokenEnforcement;

/// <summary>
/// How the signing keys of the authorization servers are fetched and kept, in the guarded JwtBearer schemes that fetch them by themselves. A scheme
/// whose <c>Backchannel</c>, <c>Configuration</c> or <c>ConfigurationManager</c> was set by the application is left alone.
/// </summary>
/// <remarks>
/// Looked at when the options of a scheme are made, which is when it is first used. How often keys are fetched is said by JwtBearer's own
/// <c>AutomaticRefreshInterval</c>, and how often at most for the sake of an unknown key, by its <c>RefreshInterval</c>.
/// </remarks>
public sealed class SigningKeyOptions
{
    internal static readonly TimeSpan LeastMaxAge = TimeSpan.FromMinutes(10);
    internal static readonly TimeSpan MostMaxAge = TimeSpan.FromDays(30);
    internal static readonly TimeSpan MostMaxWait = TimeSpan.FromSeconds(30);
    internal static readonly TimeSpan LeastAttemptTimeout = TimeSpan.FromMilliseconds(100);
    internal static readonly TimeSpan MostAttemptTimeout = TimeSpan.FromMinutes(1);
    internal const int LeastMaxResponseBytes = 4 * 1024;
    internal const int MostMaxResponseBytes = 16 * 1024 * 1024;

    /// <summary>
    /// How long keys are used after they were fetched. So long at most does a key that was withdrawn go on working while the authorization server cannot
    /// be reached, or no token arrives; afterwards all tokens are answered with 503 until keys can be fetched again. The first token after half of it, or earlier, makes them be fetched anew.
    /// </summary>
    /// <value>Default: 1 day. From 10 minutes to 30 days.</value>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long a request waits for keys while there are none. After that the answer is 503. While there are keys, no request waits.</summary>
    /// <value>Default: 1.5 seconds. From 0 to 30 seconds.</value>
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromMilliseconds(1500);

    /// <summary>How long a single request to the authorization server takes at most: connecting, headers and body together. It is tried three times.</summary>
    /// <value>Default: 3 seconds. From 100 milliseconds to 1 minute. JwtBearer's <c>BackchannelTimeout</c> limits all attempts together.</value>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How many bytes an answer of the authorization server has at most. What is longer is no answer.</summary>
    /// <value>Default: 1 MiB. From 4 KiB to 16 MiB; JwtBearer itself reads no more than 10 MiB.</value>
    public int MaxResponseBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// Whether the name of a key counts: a token that names its key (<c>kid</c>) is not tried with fetched keys of other names. Keys without a name, and
    /// those that stand in <c>TokenValidationParameters</c>, are tried as usual, and so is a token that names none.
    /// </summary>
    /// <value>
    /// Default: <see langword="true"/>. No effect where the application has set <c>TryAllIssuerSigningKeys</c> to <see langword="false"/>, or has a
    /// resolver configured. <see langword="true"/> is the default there and looks like a choice: set this property to have all keys tried.
    /// </value>
    public bool MatchKeyId { get; set; } = true;
}
