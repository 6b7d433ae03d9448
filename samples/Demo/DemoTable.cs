using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace Demo;

/// <summary>The rows, for people and for programs.</summary>
internal static class DemoTable
{
    // Narrower than this the cells wrap; where nobody looks, such as in a file, there is no width to respect.
    private const int ReadableWidth = 190;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string ToJson(IReadOnlyList<DemoRow> rows) => JsonSerializer.Serialize(rows, Json);

    public static void Print(IReadOnlyList<DemoRow> rows)
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = ReadableWidth;
        }

        var table = new Table().Border(TableBorder.Rounded)
            .AddColumns("who calls", "token", "certificate", "request", "BearerApi answered", "BoundApi answered", "expected", "ok");
        foreach (var row in rows)
        {
            table.AddRow(
                new Text(row.Who), new Text(row.Token), new Text(row.Certificate), new Text(row.Request),
                new Text(row.BearerApi, LetsInWhatTheOtherRefuses(row) ? Color.Red : Style.Plain), new Text(row.BoundApi),
                new Text(Expected(row), Color.Grey),
                row.Ok ? new Text("yes", Color.Green) : new Text("NO", new Style(Color.Red, decoration: Decoration.Bold)));
        }

        AnsiConsole.Write(table);
        AnsiConsole.MarkupLineInterpolated($"{rows.Count(row => row.Ok)} of {rows.Count} rows are as expected.");
        foreach (var row in rows.Where(row => row.Message is not null))
        {
            // As it is: lines to be copied are not wrapped.
            Console.WriteLine($"\n{row.Request}: BoundApi {row.BoundApi}, and says\n\n{row.Message}");
        }
    }

    private static string Expected(DemoRow row) => row.ExpectedOfBearerApi == row.ExpectedOfBoundApi
        ? $"both {row.ExpectedOfBearerApi}" : $"{row.ExpectedOfBearerApi} / {row.ExpectedOfBoundApi}";

    private static bool LetsInWhatTheOtherRefuses(DemoRow row) =>
        row.BearerApi.StartsWith("200", StringComparison.Ordinal) && row.BoundApi.StartsWith("401", StringComparison.Ordinal);
}
