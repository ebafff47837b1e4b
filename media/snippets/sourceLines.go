package telemetry

import (
	"context"
	"runtime"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// SourceLines puts the line of the program's own code on each span as it starts.
type SourceLines struct {
	// Module is the path of your module, as in go.mod.
	Module string
}

func (s SourceLines) OnStart(_ context.Context, span sdktrace.ReadWriteSpan) {
	var callers [64]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers[:])])
	for {
		frame, more := frames.Next()
		if strings.HasPrefix(frame.Function, s.Module) || strings.HasPrefix(frame.Function, "main.") {
			span.SetAttributes(
				attribute.String("code.file.path", frame.File),
				attribute.Int("code.line.number", frame.Line),
				attribute.String("code.function.name", frame.Function),
			)
			return
		}
		if !more {
			return
		}
	}
}

func (SourceLines) OnEnd(sdktrace.ReadOnlySpan)      {}
func (SourceLines) Shutdown(context.Context) error   { return nil }
func (SourceLines) ForceFlush(context.Context) error { return nil }

// sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(telemetry.SourceLines{Module: "example.com/shop"}), …)
