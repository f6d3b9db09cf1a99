import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SkeinError } from "@skein/client/protocol";
import { Assets } from "./assets.ts";

let folder = "";
let assets: Assets;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "skein-assets-"));
  const dist = join(folder, "dist");
  await writeFile(join(folder, "secret"), "secret");
  await Bun.write(join(dist, "index.html"), "<title>Skein</title>");
  await Bun.write(join(dist, "assets/main-abc.js"), "main();");
  await Bun.write(join(dist, "unlisted.txt"), "unlisted");
  const files = {
    "index.html": { type: "text/html; charset=utf-8", immutable: false },
    "assets/main-abc.js": { type: "text/javascript; charset=utf-8", immutable: true },
  };
  await Bun.write(join(dist, "build.json"), JSON.stringify({ files }));
  assets = new Assets(dist);
});

afterAll(() => rm(folder, { recursive: true }));

const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  assets.answer(new Request(`http://127.0.0.1:9099${path}`, { headers, method }));

describe("P86: the web app is served", () => {
  test("the page at each of the app's addresses, asked for anew each time", async () => {
    for (const path of ["/", "/new", "/search?q=x", "/settings", "/pair", "/t/abcDEF123", "/t/abcDEF123/changes"]) {
      const answer = get(path);
      expect(await answer.text()).toBe("<title>Skein</title>");
      expect(answer.headers.get("cache-control")).toBe("no-cache");
    }
  });

  test("what has a hash in its name may be kept for ever", () => {
    const answer = get("/assets/main-abc.js");
    expect(answer.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(answer.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  });

  test("an address nobody knows: the app says so to people, an error to programs", () => {
    expect(get("/nowhere", { accept: "text/html,*/*" }).status).toBe(404);
    expect(() => get("/nowhere")).toThrow(SkeinError);
  });

  test("nothing but GET and HEAD", () => {
    expect(() => get("/", {}, "POST")).toThrow(SkeinError);
    expect(get("/", {}, "HEAD").status).toBe(200);
  });
});

describe("security: what the pages may do, and what can be reached", () => {
  test("pages run and load only what is this server's, and are framed by nobody", () => {
    const { headers } = get("/");
    const policy = headers.get("content-security-policy") ?? "";
    for (const rule of ["default-src 'self'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]) {
      expect(policy.split("; ")).toContain(rule);
    }
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
  });

  test("no file but those that the build listed, however the path is written", () => {
    const paths = ["/../secret", "/%2e%2e/secret", "/..%2fsecret", "/assets/..%2f..%2fsecret", "/unlisted.txt"];
    for (const path of [...paths, "/build.json", "/assets/", "/constructor", "/__proto__", "//index.html/"]) {
      expect(() => get(path)).toThrow(SkeinError);
    }
  });
});

test("without a build, people are told how to make one", async () => {
  const none = new Assets(join(folder, "none"));
  const answer = none.answer(new Request("http://127.0.0.1:9099/"));
  expect(answer.status).toBe(503);
  expect(await answer.text()).toContain("npm run build");
  expect(() => none.answer(new Request("http://127.0.0.1:9099/x.js"))).toThrow("npm run build");
});
