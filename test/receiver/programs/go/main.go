// Sends the known trace and its log record: send grpc|http/protobuf, with OpenTelemetry's own variables.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploggrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/log"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func at(nanos int64) time.Time { return time.Unix(1_700_000_000, nanos) }

func main() {
	ctx := context.Background()
	var spans sdktrace.SpanExporter
	var logs sdklog.Exporter
	if os.Args[1] == "grpc" {
		spans = must(otlptracegrpc.New(ctx))
		logs = must(otlploggrpc.New(ctx))
	} else {
		spans = must(otlptracehttp.New(ctx))
		logs = must(otlploghttp.New(ctx))
	}
	service := resource.NewSchemaless(
		attribute.String("service.name", "vulture"),
		attribute.String("service.version", "1.2.3"),
	)
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(spans), sdktrace.WithResource(service))
	tracer := provider.Tracer("nest", trace.WithInstrumentationVersion("0.9"))
	linked := trace.NewSpanContext(trace.SpanContextConfig{
		TraceID:    must(trace.TraceIDFromHex("0af7651916cd43dd8448eb211c80319c")),
		SpanID:     must(trace.SpanIDFromHex("b7ad6b7169203331")),
		TraceFlags: trace.FlagsSampled,
	})
	within, root := tracer.Start(ctx, "circle",
		trace.WithSpanKind(trace.SpanKindServer),
		trace.WithTimestamp(at(1)),
		trace.WithLinks(trace.Link{
			SpanContext: linked,
			Attributes:  []attribute.KeyValue{attribute.String("why", "follows")},
		}),
	)
	root.SetAttributes(
		attribute.String("text", "naïve 日本語 🦅 \"quoted\"\n"),
		attribute.String("empty", ""),
		attribute.Int("int", 42),
		attribute.Int64("large", 9007199254740991),
		attribute.Int("negative", -7),
		attribute.Float64("double", 0.5),
		attribute.Bool("yes", true),
		attribute.Bool("no", false),
		attribute.StringSlice("texts", []string{"a", "b"}),
		attribute.IntSlice("ints", []int{1, 2}),
	)
	root.AddEvent("landed", trace.WithTimestamp(at(100_000_002)), trace.WithAttributes(attribute.Int("height", 12)))
	root.SetStatus(codes.Error, "it broke")
	_, child := tracer.Start(within, "look", trace.WithSpanKind(trace.SpanKindClient), trace.WithTimestamp(at(1_001)))
	child.End(trace.WithTimestamp(at(250_000_001)))
	root.End(trace.WithTimestamp(at(500_000_123)))

	loggers := sdklog.NewLoggerProvider(
		sdklog.WithProcessor(sdklog.NewBatchProcessor(logs)),
		sdklog.WithResource(service),
	)
	var record log.Record
	record.SetTimestamp(at(200_000_003))
	record.SetSeverity(log.SeverityWarn)
	record.SetSeverityText("WARN")
	record.SetBody(attribute.StringValue("nothing to eat 🦅"))
	record.AddAttributes(attribute.Int("code.line.number", 7))
	loggers.Logger("nest", log.WithInstrumentationVersion("0.9")).Emit(within, record)

	must(0, provider.Shutdown(ctx))
	must(0, loggers.Shutdown(ctx))
	own := root.SpanContext()
	must(0, json.NewEncoder(os.Stdout).Encode(map[string]string{
		"traceId": own.TraceID().String(),
		"root":    own.SpanID().String(),
		"child":   child.SpanContext().SpanID().String(),
	}))
}
