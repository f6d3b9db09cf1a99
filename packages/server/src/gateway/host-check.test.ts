import { describe, expect, test } from "bun:test";
import { isLoopback, refusalOf, type HostPolicy } from "./host-check.ts";

const local: HostPolicy = { listen: "127.0.0.1", allowed: [], origins: ["http://localhost:5173"] };
const open: HostPolicy = { listen: "0.0.0.0", allowed: ["skein.example"], origins: [] };

describe("L29: any website could run commands", () => {
  test.each([
    ["127.0.0.1:9099", null],
    ["localhost:9099", null],
    ["[::1]:9099", null],
    ["127.0.0.1:9099", "http://127.0.0.1:9099"],
    ["localhost:9099", "http://localhost:9099"],
    ["LOCALHOST", "http://localhost"],
    ["127.0.0.1:9099", "http://localhost:5173"],
  ])("%s from %s may pass", (host, origin) => {
    expect(refusalOf({ host, origin }, local)).toBeNull();
  });

  test.each([
    [null, null],
    ["", null],
    ["evil.example", null],
    ["evil.example:9099", "http://evil.example:9099"],
    ["192.168.1.2:9099", null],
    ["127.0.0.1.evil.example", null],
    ["127.0.0.1:9099", "http://evil.example"],
    ["127.0.0.1:9099", "http://127.0.0.1:9098"],
    ["127.0.0.1:9099", "http://localhost:9099"],
    ["127.0.0.1:9099", "null"],
    ["127.0.0.1:9099", "file://"],
    ["127.0.0.1:9099", "not an origin"],
    ["a b", null],
  ])("%s from %s is refused", (host, origin) => {
    expect(refusalOf({ host, origin }, local)).toBeString();
  });

  test("a server for the network answers to addresses and allowed names, never to a name unheard of", () => {
    expect(refusalOf({ host: "192.168.1.2:9099", origin: "http://192.168.1.2:9099" }, open)).toBeNull();
    expect(refusalOf({ host: "[fe80::1]:9099", origin: null }, open)).toBeNull();
    expect(refusalOf({ host: "skein.example", origin: "https://skein.example" }, open)).toBeNull();
    expect(refusalOf({ host: "rebound.example:9099", origin: null }, open)).toContain("--allow-host");
  });

  test("loopback is 127.0.0.0/8, ::1 and localhost", () => {
    expect(["127.0.0.1", "127.9.9.9", "::1", "localhost"].map(isLoopback)).toEqual([true, true, true, true]);
    expect(["128.0.0.1", "0.0.0.0", "::", "127.0.0.1.x", "localhost.x"].some(isLoopback)).toBe(false);
  });
});
