using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;

namespace BoundTokenEnforcement;

/// <summary>Which paths a route can be reached at. Constraints are left out, so the answer is sometimes yes where routing says no.</summary>
internal static class RoutePatternScope
{
    internal static bool Matches(RoutePattern pattern, PathString path) =>
        new TemplateMatcher(new RouteTemplate(pattern), new RouteValueDictionary(pattern.Defaults)).TryMatch(path, new RouteValueDictionary());

    internal static bool MayLieAtOrBelow(RoutePattern pattern, PathString path)
    {
        var segments = (path.Value ?? string.Empty).Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < segments.Length; i++)
        {
            if (i >= pattern.PathSegments.Count)
            {
                return false;
            }

            var parts = pattern.PathSegments[i].Parts;
            if (parts[^1] is RoutePatternParameterPart { IsCatchAll: true })
            {
                return true;
            }

            // Routing ignores case.
            if (parts is [RoutePatternLiteralPart literal] && !literal.Content.Equals(segments[i], StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return true;
    }
}
