import { store, stored, type Entry } from "../../lib/device-storage.ts";

const KEPT = 100;
/** Longer prompts, in UTF-16 units, are not kept: storage is small. */
const MAX_LENGTH = 10_000;

type Sent = { readonly thread: string; readonly text: string };

/** The prompts sent from this device, the newest last. */
const SENT: Entry<readonly Sent[]> = { name: "sent", read };

function read(value: unknown): readonly Sent[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((each: Partial<Record<keyof Sent, unknown>> | null): Sent[] => {
    const { thread, text } = each ?? {};
    return typeof thread === "string" && typeof text === "string" ? [{ thread, text }] : [];
  });
}

export function rememberSent(thread: string, text: string): void {
  if (text.trim() === "" || text.length > MAX_LENGTH) return;
  const before = stored(SENT).filter((each) => each.text !== text || each.thread !== thread);
  store(SENT, [...before, { thread, text }].slice(-KEPT));
}

/** What ↑ goes through in a thread, from its end: what was sent there, then what was sent in others; each text once. */
export function historyOf(thread: string): readonly string[] {
  const sent = stored(SENT);
  const own = sent.filter((each) => each.thread === thread).map(({ text }) => text);
  const others = sent.filter((each) => each.thread !== thread && !own.includes(each.text)).map(({ text }) => text);
  return [...new Set(others), ...own];
}
