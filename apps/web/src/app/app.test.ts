import { describe, expect, test } from "bun:test";
import { SkeinError } from "@skein/client";
import { sayConnection } from "./connection-badge.tsx";
import { deviceName } from "./pairing.ts";
import { changesPath, readRoute, threadPath } from "./router.tsx";
import { fit } from "./find.ts";
import { keyCaps, nameOf } from "./keyboard.ts";

describe("the address says what is shown", () => {
  const cases: [string, ReturnType<typeof readRoute>][] = [
    ["/", { page: "home" }],
    ["/new", { page: "new" }],
    ["/settings", { page: "settings" }],
    ["/pair#ABCDE-FGHJK", { page: "pair" }],
    ["/search?q=a%20b%26c", { page: "search", text: "a b&c" }],
    ["/search", { page: "search", text: "" }],
    ["/t/abc", { page: "thread", thread: "abc", item: null, changes: null }],
    ["/t/abc#m12", { page: "thread", thread: "abc", item: "m12", changes: null }],
    ["/t/abc/changes", { page: "thread", thread: "abc", item: null, changes: { file: null } }],
    ["/t/abc/changes#%2Fa%20b%23.ts", { page: "thread", thread: "abc", item: null, changes: { file: "/a b#.ts" } }],
    ["/t/abc/changes#%E0%A4%A", { page: "thread", thread: "abc", item: null, changes: { file: null } }],
    ["/t/abc/changes/x", { page: "missing" }],
    ["/t", { page: "missing" }],
    ["/t/a/b", { page: "missing" }],
    ["/t/%3Cscript%3E", { page: "missing" }],
    ["/other", { page: "missing" }],
    ["/new/x", { page: "missing" }],
  ];
  for (const [path, route] of cases) {
    test(path, () => expect(readRoute(new URL(path, "http://host"))).toEqual(route));
  }
  test("and the other way round", () => {
    const read = (path: string) => readRoute(new URL(path, "http://host"));
    expect(read(threadPath("abc", "m12"))).toMatchObject({ thread: "abc", item: "m12" });
    expect(read(changesPath("abc"))).toMatchObject({ thread: "abc", changes: { file: null } });
    expect(read(changesPath("abc", "/a b#?%.ts"))).toMatchObject({ thread: "abc", changes: { file: "/a b#?%.ts" } });
  });
});

describe("the connection in a word", () => {
  const base = { behind: 0, queued: 0, retryAt: null, error: null };
  const said = (view: Partial<Parameters<typeof sayConnection>[0]>) =>
    sayConnection({ state: "live", ...base, ...view }, 1_000).word;
  test("live", () => expect(said({})).toBe("live"));
  test("what is given is on its way", () => expect(said({ queued: 2 })).toBe("sending 2"));
  test("how much is lacking", () => expect(said({ state: "catching up", behind: 12 })).toBe("catching up, 12 behind"));
  test("what waits to be sent", () => expect(said({ state: "offline", queued: 2 })).toBe("offline, 2 to send"));
  test("signed out", () => expect(said({ state: "stopped" })).toBe("signed out"));
  test("when it is tried again, in words that anybody knows", () => {
    const error = new SkeinError("busy", "The connection was lost or could not be made (1006).");
    const offline = { ...base, state: "offline" as const, error };
    const { more } = sayConnection({ ...offline, retryAt: 4_200 }, 1_000);
    expect(more).toBe("The server is out of reach. Tries again in 4 s; press to try now.");
    expect(sayConnection(offline, 1_000).more).toBe("The server is out of reach. Trying now.");
  });
  test("why, where the server gave a reason", () => {
    const error = new SkeinError("rate_limited", "The server found this client too fast (4429).");
    const { more } = sayConnection({ ...base, state: "offline", retryAt: 4_200, error }, 1_000);
    expect(more).toBe("The server found this client too fast. Tries again in 4 s; press to try now.");
  });
});

test("a device is called by its browser and system", () => {
  const agents = {
    "Chrome on Linux":
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36",
    "Safari on iPhone":
      "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 Version/19 Mobile Safari/604.1",
    "Firefox on Android": "Mozilla/5.0 (Android 16; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0",
    "Edge on Windows": "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/156.0 Safari/537.36 Edg/156.0",
    "Safari on macOS": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605.1 Version/19 Safari/605.1",
    Browser: "curl/8",
  };
  for (const [name, agent] of Object.entries(agents)) expect(deviceName(agent)).toBe(name);
});

describe("keys are named as the catalogue names them, on any keyboard", () => {
  type Given = Partial<Parameters<typeof nameOf>[0]> & { altGraph?: boolean };
  const named = ({ altGraph = false, ...event }: Given, apple = false) =>
    nameOf(
      {
        key: "",
        code: "",
        ctrlKey: false,
        metaKey: false,
        altKey: false,
        getModifierState: (modifier) => modifier === "AltGraph" && altGraph,
        ...event,
      },
      apple,
    );
  test("a letter, a sign, a chord", () => {
    expect(named({ key: "k", code: "KeyK" })).toBe("k");
    expect(named({ key: "?", code: "Slash" })).toBe("?");
    expect(named({ key: "k", code: "KeyK", ctrlKey: true })).toBe("mod+k");
    expect(named({ key: "k", code: "KeyK", metaKey: true }, true)).toBe("mod+k");
    expect(named({ key: "k", code: "KeyK", metaKey: true })).toBeNull();
    expect(named({ key: "Enter", code: "Enter", ctrlKey: true, altKey: true })).toBe("mod+alt+enter");
  });
  test("[ where it is written with AltGr, which Windows tells as Ctrl and Alt", () => {
    expect(named({ key: "[", code: "Digit8", ctrlKey: true, altKey: true, altGraph: true })).toBe("[");
    expect(named({ key: "]", code: "Digit9", altGraph: true })).toBe("]");
  });
  test("[ where it is written with ⌥", () => {
    expect(named({ key: "[", code: "Digit5", altKey: true }, true)).toBe("[");
    expect(named({ key: "∆", code: "KeyK", altKey: true }, true)).toBe("alt+k");
  });
});

describe("names are found by some of their letters, and only by those", () => {
  test("whole words, beginnings, beginnings of several, a part", () => {
    for (const typed of ["paint the shed", "pai", "pashed", "SHED pa", "pts", "hed", ""]) {
      expect({ typed, fits: fit(typed, "Paint the shed, project") > 0 }).toEqual({ typed, fits: true });
    }
    for (const typed of ["zzzq", "paintx", "ted", "shed garage", "e"]) {
      expect({ typed, fits: fit(typed, "Paint the shed, project") > 0 }).toEqual({ typed, fits: false });
    }
  });
  test("the better it fits, the higher", () => {
    const order = ["Demo", "Demo: fail", "Demolish", "The demo", "Day every month off", "Academo"];
    const fits = order.map((name) => fit("demo", name));
    expect(fits.toSorted((a, b) => b - a)).toEqual(fits);
  });
});

test("keys are shown as they stand on the keyboard", () => {
  expect(keyCaps("k")).toEqual(["K"]);
  expect(keyCaps("escape escape")).toEqual(["Esc", "Esc"]);
  expect(keyCaps("mod+alt+enter")).toHaveLength(3);
});
