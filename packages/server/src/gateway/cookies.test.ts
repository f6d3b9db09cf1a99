import { describe, expect, test } from "bun:test";
import { cookieToken, isFromOurPage, setCookie } from "./cookies.ts";

const ask = (headers: Record<string, string>, method = "GET") =>
  new Request("http://127.0.0.1:9099/v1/rpc", { headers, method });

describe("P83: the cookie", () => {
  test("is out of reach of scripts and other sites, and of plain http where the page came over https", () => {
    const plain = setCookie(ask({ origin: "http://127.0.0.1:9099" }), 9099, "t");
    expect(plain).toStartWith("skein_9099=t; Path=/; HttpOnly; SameSite=Strict; Max-Age=");
    expect(plain).not.toContain("Secure");
    expect(setCookie(ask({ origin: "https://skein.example" }), 9099, "t")).toContain("; Secure");
  });

  test("has a name of its own on each port, and is read by it", () => {
    const request = ask({ cookie: "skein_1=other; x=skein_9099; skein_9099=mine" });
    expect(cookieToken(request, 9099)).toBe("mine");
    expect(cookieToken(request, 2)).toBeUndefined();
    expect(cookieToken(ask({ cookie: "skein_9099=" }), 9099)).toBeUndefined();
  });

  test("is taken away with an age of 0", () => {
    expect(setCookie(ask({}), 9099, "")).toContain("skein_9099=; ");
    expect(setCookie(ask({}), 9099, "")).toContain("Max-Age=0");
  });
});

const HOST = { host: "127.0.0.1:9099" };

describe("P84: the cookie counts for pages of this server only", () => {
  const cases: [string, Request, boolean][] = [
    ["a page of our origin", ask({ ...HOST, origin: "http://127.0.0.1:9099" }, "POST"), true],
    ["a page of our origin, by TLS and a proxy", ask({ host: "skein.example", origin: "https://skein.example" }), true],
    ["a page of an origin that is allowed", ask({ ...HOST, origin: "http://localhost:5173" }, "POST"), false],
    ["a POST without one", ask({}, "POST"), false],
    ["an upgrade without one", ask({ upgrade: "websocket" }), false],
    ["a picture on our page", ask({ "sec-fetch-site": "same-origin" }), true],
    ["an address that was typed", ask({ "sec-fetch-site": "none" }), true],
    ["a picture on a page of another port of this machine", ask({ "sec-fetch-site": "same-site" }), false],
    ["a picture on another site's page", ask({ "sec-fetch-site": "cross-site" }), false],
    ["a GET of a browser that does not say", ask({}), true],
    ["a HEAD of one", ask({}, "HEAD"), true],
  ];
  for (const [name, request, counts] of cases) {
    test(`${name}: ${counts ? "yes" : "no"}`, () => expect(isFromOurPage(request)).toBe(counts));
  }
});
