import { IntakeRefusal } from "../parts.ts";

/** Another process has taken the lease of this store: whoever gets this must not write to it any more. */
export class FenceLost extends IntakeRefusal {
  constructor() {
    super("Another window has taken over the store of received traces.", 1);
    this.name = "FenceLost";
  }
}
