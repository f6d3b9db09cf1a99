import { store, stored, type Entry } from "../../lib/device-storage.ts";

const KEPT = 50;
/** Longer prompts, in UTF-16 units, are not kept: storage is small. */
const MAX_LENGTH = 10_000;

/** The prompts sent from this device, the newest last. */
export const SENT: Entry<readonly string[]> = {
  name: "sent",
  read: (value) => (Array.isArray(value) ? value.filter((each) => typeof each === "string") : []),
};

export function rememberSent(text: string): void {
  if (text.trim() === "" || text.length > MAX_LENGTH) return;
  const before = stored(SENT).filter((each) => each !== text);
  store(SENT, [...before, text].slice(-KEPT));
}
