/** What each file of the shared data is, by format and folder: its name and how many spans it has, counted independently. */
export const readable: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "Go stdout trace JSON": {
    buildx: `
      bktraces.json:73 otlp.json:73`,
  },
  "Jaeger JSON": {
    buildx: `
      jaeger.json:73`,
    crisp: `
      1.json:1 10.json:4 11.json:2 12.json:4 2.json:2 3.json:2 4.json:3 5.json:4 6.json:4
      7.json:3 8.json:3 9.json:4 p1-err1.json:2`,
    duo: `
      hotrod-traces.json:51`,
    "hostile-public": `
      jaeger-proto-processid.json:1`,
    "hostile/files": `
      p02-jaeger-proto-process.json:1`,
    "jaeger-ui": `
      oltp2jaeger-multi-out.json:4 otlp2jaeger-out.json:2
      spanAmongEachOtherGroupedAndSpans.json:17 spanLongerAsParent.json:8 testTrace.json:4
      traceWithSingleChildLongerThanParentAndStartsAfterParent.json:2
      traceWithThreeShortOverlappingChildren.json:4
      traceWithTwoChildrenStartedAtTraceStart.json:3`,
    jaeger: `
      domain_01.json:1 domain_02.json:2 domain_03.json:2 es-domain_01.json:1 es_01.json:1
      otlp2jaeger-out.json:2 trace_invalid_json.json:1 trace_success.json:2
      trace_wrong_format.json:1`,
    savant: `
      data.json:36`,
  },
  "OTLP protobuf": {
    "generated-otel-js/grpc": `
      001-grpc.otlp.grpcframe:31 002-grpc.otlp.grpcframe:44`,
    "generated-otel-js/proto-gzip": `
      001-_v1_traces.otlp.pb.gz:44 002-_v1_traces.otlp.pb.gz:31`,
    "generated-otel-js/proto": `
      001-_v1_traces.otlp.pb:31 002-_v1_traces.otlp.pb:47`,
    "hostile/files": `
      b03-nested-anyvalue.pb:1`,
  },
  "OTLP JSON": {
    "generated-otel-js/json": `
      001-_v1_traces.otlp.json:31 002-_v1_traces.otlp.json:44`,
    "generated-otel-js/vitest": `
      001-_v1_traces.otlp.json:38 002-_v1_traces.otlp.json:25 003-_v1_traces.otlp.json:20`,
    "hostile/files": `
      c01-code-paths.otlp.json:35 c02-code-lines.otlp.json:10 c03-redos-stacks.otlp.json:1
      c04-mixed-stacks.otlp.json:1 f02-jsonl-torn-last-line.otlp.jsonl:5
      f03-bom-crlf.otlp.jsonl:3 f05-invalid-utf8.otlp.json:1 f11-deep-anyvalue.otlp.json:1
      m01-many-links.otlp.json:1 m02-many-events.otlp.json:1 m03-many-attrs.otlp.json:1
      m04-many-services.otlp.json:3000 m05-secrets.otlp.json:1 p01-proto-keys.otlp.json:1
      t01-duplicate-span-ids.otlp.json:4 t02-exact-duplicate-spans.otlp.json:3
      t03-self-parent.otlp.json:1 t04-cycle2.otlp.json:2 t05-cycle3-plus-tree.otlp.json:5
      t06-missing-root.otlp.json:3 t07-multi-root.otlp.json:3 t08-chain-10000.otlp.json:10000
      t09-fanout-20000.otlp.json:20000 t10-negative-duration.otlp.json:2
      t11-zero-and-missing-times.otlp.json:2 t12-far-future-and-max.otlp.json:3
      t13-nan-infinity-times.json:3 t14-numeric-nanos-precision.otlp.json:1
      t15-clock-skew-child-before-parent.otlp.json:2 t16-child-outlives-parent.otlp.json:2
      t17-snake-case-base64.json:1 t18-id-forms.otlp.json:5 t19-enum-names.otlp.json:1
      t20-unknown-fields.otlp.json:1 t21-no-service-name.otlp.json:1
      t22-wrong-type-service-name.otlp.json:1 t23-empty-names.otlp.json:3
      t24-duplicate-attr-keys.otlp.json:1 t25-attr-types.otlp.json:1
      x01-html-everywhere.otlp.json:1 x02-script-break.otlp.json:1
      x03-bidi-control.otlp.json:4 x04-css-injection.otlp.json:1
      z03-gzip-trailing-garbage.gz:1 z04-wrong-extension.json:1`,
    "jaeger-skills": `
      n_plus_one_near_miss.json:12 n_plus_one_positive.json:16 sibling_errors.json:6`,
    "jaeger-ui": `
      otlp2jaeger-in-error.json:1 otlp2jaeger-in.json:2 otlp2jaeger-multi-in-combined.json:4`,
    jaeger: `
      apiv3-FindTraces.json:1 example_trace.json:5 link_attributes_trace.json:1
      log_tags_trace.json:1 mem-otel_traces_01.json:4 multi_index_trace.json:2
      otlp2jaeger-in.json:2 process_tags_trace.json:1 scope_attributes_trace.json:1
      scope_name_version_trace.json:1 tags_escaped_operator_trace_1.json:1`,
    kiali: `
      responseTrace.json:8`,
    "otel-go-instrumentation": `
      autosdk-traces.json:3 databasesql-traces.json:18 grpc-traces.json:7`,
    "otel-proto": `
      trace.json:1`,
    "otel-rust": `
      failed_traces.json:2 serialized_traces.json:2 traces.json:2`,
    pixi: `
      otlp_sample.json:1`,
    pulumi: `
      traces.json:39`,
    tempo: `
      tempopb-trace.json:1`,
  },
  "Zipkin JSON": {
    "generated-otel-js/zipkin": `
      001-_api_v2_spans.zipkin.json:31 002-_api_v2_spans.zipkin.json:47`,
    "hostile/files": `
      p03-zipkin-proto-tags.json:1`,
    zipkin: `
      ascend.json:8 envoy.json:1 malformed-kong.json:7 messaging-kafka.json:28
      messaging.json:4 simple-db-p6.json:5 skew.json:4 yelp.json:16`,
  },
  "Zipkin JSON v1": {
    "hostile-public": `
      zipkin-issue1623-annotations.v1.json:1 zipkin-pr1447-script-everywhere.v1.json:1`,
    telegraf: `
      brave-tracer-example.json:3 cli_microservice.json:5 distributed_trace_sample.json:1
      threespans.json:3`,
  },
  JSON: {
    "hostile/files": `
      f08-array-root.json:0`,
  },
};

/** What each file that is refused is said to be. */
export const refused: Readonly<Record<string, RegExp>> = {
  "hostile/files/b01-random.pb": /plain text/,
  "hostile/files/b02-group-recursion.pb": /plain text|group|wire type/,
  "hostile/files/b04-huge-length-prefix.pb": /binary file/,
  "hostile/files/b05-lenprefix-lies.bin": /binary file/,
  "hostile/files/f01-truncated.otlp.json": /byte 10425/,
  "hostile/files/f04-utf16.otlp.json": /UTF-16/,
  "hostile/files/f06-empty.json": /empty file/,
  "hostile/files/f07-null.json": /null/,
  "hostile/files/f09-html-login.json": /HTML page.*not JSON/,
  "hostile/files/f10-deep-json.json": /levels deep/,
  "hostile/files/z01-gzip-bad-crc.otlp.json.gz": /corrupt gzip/,
  "hostile/files/z02-gzip-truncated.otlp.json.gz": /corrupt gzip/,
  "jaeger/trace_empty.json": /empty file/,
  "jaeger/trace_scan_error.json": /byte 79/,
  "kiali/response.json": /Tempo search answer/,
  "kiali/responseAmbient.json": /Tempo search answer/,
  "telegraf/cli_microservice.dat": /Thrift/,
  "telegraf/threespans.dat": /Thrift/,
};

/** Files of the shared data that are no traces: licences, sources, headers and answers beside the traces. */
export const noTraces =
  /LICENSE|INDEX\.md|headers\.jsonl|EXPECTED\.json|\.manifest\.json|\.py$|generated-otel-js\/workspace\//;
