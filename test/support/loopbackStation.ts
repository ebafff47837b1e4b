import type { StationOptions } from "../../src/backends/local/station.ts";

/** A receiver on free ports of the loopback interface, with what settings say when nobody changes them. */
export const loopbackStation: Omit<StationOptions, "limits"> = {
  httpPort: 0,
  grpcPort: 0,
  hosts: ["127.0.0.1"],
  allowedHosts: [],
  allowedOrigins: [],
  apiKey: "",
  maxBodyBytes: 64 << 20,
};
