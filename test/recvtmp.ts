import { startJaeger } from "../scripts/jaeger.ts";
import { measureReceiver } from "./bench/measureReceiver.ts";
const j: any = await startJaeger();
console.log(j.version, j.otlpHttp, j.otlpGrpc);
try {
  console.log(await measureReceiver({ http: Number(new URL(j.otlpHttp).port), grpc: Number(String(j.otlpGrpc).split(":").pop()) }, { seconds: 4, senders: 8, traces: 50 }));
} finally { await j.stop(); }
