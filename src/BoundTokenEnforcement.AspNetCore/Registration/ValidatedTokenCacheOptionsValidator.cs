using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

internal sealed class ValidatedTokenCacheOptionsValidator(IServiceProviderIsService services) : IValidateOptions<ValidatedTokenCacheOptions>
{
    public ValidateOptionsResult Validate(string? name, ValidatedTokenCacheOptions options)
    {
        string[] faults =
        [
            .. options.MaxBytes < ValidatedTokenCacheOptions.LeastMaxBytes
                ? [$"{nameof(ValidatedTokenCacheOptions)}.{nameof(options.MaxBytes)} is {options.MaxBytes}; use at least {ValidatedTokenCacheOptions.LeastMaxBytes}."]
                : Array.Empty<string>(),
            .. Enum.IsDefined(options.Remember)
                ? Array.Empty<string>()
                : [$"{nameof(ValidatedTokenCacheOptions)}.{nameof(options.Remember)} is {options.Remember}; use {nameof(ValidatedTokenCacheContent.Signatures)} or {nameof(ValidatedTokenCacheContent.Identities)}."],
            // An application that adds the cache expects bindings to be enforced.
            .. services.IsService(typeof(BindingEnforcer))
                ? Array.Empty<string>()
                : ["AddValidatedTokenCache() was called, and AddBoundTokenEnforcement() was not: nothing is enforced. Call both."],
        ];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
