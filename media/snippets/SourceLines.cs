using System.Diagnostics;
using OpenTelemetry;

/// <summary>Puts the line of the program's own code on each span as it starts.</summary>
public sealed class SourceLines : BaseProcessor<Activity>
{
    public override void OnStart(Activity activity)
    {
        // Frames with a file are those of assemblies that were built here.
        foreach (var frame in new StackTrace(1, true).GetFrames())
        {
            if (frame.GetFileName() is not { } file) continue;
            activity.SetTag("code.file.path", file);
            activity.SetTag("code.line.number", frame.GetFileLineNumber());
            if (frame.GetMethod() is { } method)
                activity.SetTag("code.function.name", $"{method.DeclaringType?.FullName}.{method.Name}");
            return;
        }
    }
}
// services.AddOpenTelemetry().WithTracing(tracing => tracing.AddProcessor(new SourceLines()));
