import { UserError } from "../../base/userError.ts";
import { LeaseKeeper } from "./leaseKeeper.ts";
import { openWriter } from "./store/openStore.ts";

const noLimits = { maxSpans: 0, maxBytes: 0, maxAgeHours: 0 };

/** Deletes everything that is kept in a folder while nobody receives. Throws a UserError while another window does. */
export async function deleteKept(folder: string, notice: (text: string) => void): Promise<void> {
  const keeper = new LeaseKeeper(folder, { gained() {}, lost() {}, held() {}, notice });
  try {
    const { token } = keeper.begin();
    if (token === undefined)
      throw new UserError("Another window receives. Do this there, or close it first.");
    const writer = openWriter(folder, { fence: token, limits: noLimits, onNotice: notice });
    try {
      await writer.deleteAll();
    } finally {
      await writer.close();
    }
  } finally {
    // One that goes on waiting for the lease would keep it from the window that wants to receive.
    keeper.end();
  }
}
