import { UserError } from "../../../base/userError.ts";
import { findPortOwner, type PortOwner } from "./portOwner.ts";

/** A port that the receiver cannot have; `code` is "portBusy" or "portDenied". */
export class PortUnavailable extends UserError {
  readonly port: number;
  readonly owner: PortOwner | undefined;

  constructor(message: string, code: "portBusy" | "portDenied", port: number, owner?: PortOwner) {
    super(message, { code, action: "openSettings" });
    this.name = "PortUnavailable";
    this.port = port;
    this.owner = owner;
  }
}

/** The error of a port that others listen on, with their name if it can be known. */
export async function portBusy(port: number): Promise<PortUnavailable> {
  const owner = await findPortOwner(port);
  const who =
    owner === undefined
      ? "another program"
      : `${owner.program === "" ? "a program" : owner.program} (process ${owner.pid})`;
  return new PortUnavailable(`Port ${port} is in use by ${who}.`, "portBusy", port, owner);
}

/** The error of a port that the system does not give. */
export function portDenied(port: number): PortUnavailable {
  return new PortUnavailable(`The system does not allow listening on port ${port}.`, "portDenied", port);
}
