use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::prelude::*;

/// Sends the spans of the tracing crate where the environment says: OTEL_EXPORTER_OTLP_ENDPOINT and its like.
fn start_tracing() -> Result<SdkTracerProvider, Box<dyn std::error::Error>> {
    let exporter = SpanExporter::builder().with_http().build()?;
    let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).build();
    let telemetry = tracing_opentelemetry::layer().with_tracer(provider.tracer("app"));
    tracing_subscriber::registry().with(telemetry).init();
    Ok(provider)
}

#[tracing::instrument]
fn work() {}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let tracing = start_tracing()?;
    work();
    tracing.shutdown()?;
    Ok(())
}
