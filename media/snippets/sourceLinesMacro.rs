/// Starts a span that says where: `let span = span_here!(tracer, "load cart");`
macro_rules! span_here {
    ($tracer:expr, $name:expr) => {{
        use opentelemetry::trace::{SpanBuilder, Tracer};
        use opentelemetry::KeyValue;
        $tracer.build(SpanBuilder::from_name($name).with_attributes([
            KeyValue::new("code.file.path", file!()),
            KeyValue::new("code.line.number", i64::from(line!())),
        ]))
    }};
}
