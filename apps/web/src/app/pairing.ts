import type { SkeinClient } from "@skein/client";
import { forgetAll } from "../lib/device-storage.ts";
import { cancelUnderWay } from "../lib/under-way.ts";
import { THEME } from "../theme/theme.ts";
import { sayFailed, unsayAll } from "../ui/toasts.tsx";

/** What became of giving the server a pairing code. */
export type Paired = { ok: true } | { ok: false; message: string; retryable: boolean };

/** One exchange a code: rendering twice, as Strict Mode does, must not use a code up and then call it used. */
const underWay = new Map<string, Promise<Paired>>();

/** Gives a one-time code for this browser's cookie (`POST /v1/pair`). */
export function pair(code: string): Promise<Paired> {
  const running = underWay.get(code) ?? exchange(code);
  underWay.set(code, running);
  return running;
}

async function exchange(code: string): Promise<Paired> {
  try {
    const answer = await fetch("/v1/pair", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ code, name: deviceName() }),
    });
    if (answer.ok) return { ok: true };
    const body = (await answer.json()) as { error?: { message?: string } };
    const message = body.error?.message ?? `The server answered with status ${answer.status}.`;
    if (answer.status !== 401) underWay.delete(code);
    return { ok: false, message, retryable: answer.status !== 401 };
  } catch {
    underWay.delete(code);
    return { ok: false, message: "The server is out of reach.", retryable: true };
  }
}

/** Whether the server knows this browser's cookie; `false` also when it is out of reach. */
export async function isSignedIn(): Promise<boolean> {
  try {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" });
    return (await fetch("/v1/rpc", { method: "POST", body })).ok;
  } catch {
    return false;
  }
}

/**
 * Signs this browser out: the server forgets its token and takes the cookie away, and this device forgets drafts,
 * recent directories, what was read and what was loaded, and what was given and is not answered yet, which is never sent;
 * files under way go no further. The theme stays. Where the server does not answer, that is said, and everything is as it was.
 */
export async function leave(client: SkeinClient): Promise<void> {
  // From here on: the server may end the connection before its answer is read.
  isLeaving = true;
  try {
    const answer = await fetch("/v1/sign-out", { method: "POST" });
    if (!answer.ok) throw new Error(`The server answered with status ${answer.status}.`);
    client.outbox.discardAll();
    cancelUnderWay();
    // Their "Undo" and "Try again" would be another's.
    unsayAll();
    // Who waited for an answer puts what was refused back into a draft: that is to go as well.
    await new Promise((resolve) => setTimeout(resolve));
    forgetAll(THEME);
    // The server closes the connection before or after its answer. Where it has, another try would show the app once more.
    if (client.status.state !== "stopped") client.retryNow();
  } catch (error) {
    isLeaving = false;
    sayFailed("You are still signed in.", error);
  }
}

let isLeaving = false;

/**
 * Forgets once more, once the app shows nothing any more of whoever signed out here: until then its parts may have written
 * what they show.
 */
export function forgetOnceOut(): void {
  if (isLeaving) forgetAll(THEME);
  isLeaving = false;
}

/** What this device is called in the list of devices: "Firefox on Android". */
export function deviceName(userAgent = navigator.userAgent): string {
  const of = (names: readonly [string, RegExp][]): string | undefined =>
    names.find(([, pattern]) => pattern.test(userAgent))?.[0];
  const browser = of([
    ["Edge", /Edg(?:e|A|iOS)?\//],
    ["Opera", /OPR\//],
    ["Firefox", /Firefox|FxiOS/],
    ["Chrome", /Chrome|CriOS/],
    ["Safari", /Safari/],
  ]);
  const system = of([
    ["iPhone", /iPhone/],
    ["iPad", /iPad/],
    ["Android", /Android/],
    ["Windows", /Windows/],
    ["macOS", /Mac OS X/],
    ["ChromeOS", /CrOS/],
    ["Linux", /Linux/],
  ]);
  return [browser ?? "Browser", system].filter(Boolean).join(" on ");
}
