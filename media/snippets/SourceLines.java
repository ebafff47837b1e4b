import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;

/** Puts the line of the program's own code on each span as it starts. */
final class SourceLines implements SpanProcessor {
  /** The package of your own code. */
  private static final String OWN = "com.example.";

  @Override
  public void onStart(Context parent, ReadWriteSpan span) {
    StackWalker.getInstance()
        .walk(frames -> frames
            .filter(frame -> frame.getClassName().startsWith(OWN))
            .filter(frame -> !frame.getClassName().equals(SourceLines.class.getName()))
            .findFirst())
        .ifPresent(frame -> {
          String type = frame.getClassName();
          String folder = type.substring(0, type.lastIndexOf('.') + 1).replace('.', '/');
          span.setAttribute("code.file.path", folder + frame.getFileName());
          span.setAttribute("code.line.number", (long) frame.getLineNumber());
          span.setAttribute("code.function.name", type + "." + frame.getMethodName());
        });
  }

  @Override
  public boolean isStartRequired() {
    return true;
  }

  @Override
  public void onEnd(ReadableSpan span) {}

  @Override
  public boolean isEndRequired() {
    return false;
  }
}
// SdkTracerProvider.builder().addSpanProcessor(new SourceLines())
