package main

import (
	"context"
	"log"
	"net/http"

	"go.opentelemetry.io/contrib/exporters/autoexport"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// startTracing sends spans where the environment says: OTEL_EXPORTER_OTLP_ENDPOINT and its like.
func startTracing(ctx context.Context) (func(context.Context) error, error) {
	exporter, err := autoexport.NewSpanExporter(ctx)
	if err != nil {
		return nil, err
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	otel.SetTracerProvider(provider)
	otel.SetTextMapPropagator(propagation.TraceContext{})
	return provider.Shutdown, nil
}

func main() {
	ctx := context.Background()
	stopTracing, err := startTracing(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer stopTracing(ctx)

	mux := http.NewServeMux()
	// What the program serves, and as the transport of its clients: otelhttp.NewTransport(http.DefaultTransport).
	log.Println(http.ListenAndServe("127.0.0.1:8080", otelhttp.NewHandler(mux, "server")))
}
