import { expect, test } from "bun:test";
import { join } from "node:path";
import { textShown } from "./text-shown.ts";

const ESC = "\u001b";
const recorded = (name: string): Promise<string> => Bun.file(join(import.meta.dir, "recorded", `${name}.txt`)).text();

test("colours, links and titles are left out; what was written over is gone", async () => {
  expect(await textShown(`${ESC}]0;title\u0007${ESC}[1;31mred${ESC}[0m and plain\r\n`)).toBe("red and plain");
  expect(await textShown("10 %\r50 %\r100 %\ndone\n")).toBe("100 %\ndone");
  expect(await textShown(`see ${ESC}]8;;https://x.org${ESC}\\this${ESC}]8;;${ESC}\\`)).toBe("see this");
  expect(await textShown(await recorded("npm-install"))).toBe("\nadded 4 packages in 512ms");
});

test("what moves about the screen is as it stands there in the end", async () => {
  expect(await textShown(await recorded("listr2"))).toBe("✔ Build\n✔ Test\n✔ Publish");
  expect(await textShown(`first\nsecond${ESC}[1A\r${ESC}[2Kover\n`)).toBe("over\nsecond");
});

test("a long line stays one, and text with nothing of a terminal in it is the same to the last blank", async () => {
  const long = "x".repeat(700);
  expect(await textShown(`old\n${ESC}[1A${long}`)).toBe(long);
  for (const text of ["", "a\tb  \n\n", "日本 🧶\n"]) expect(await textShown(text)).toBe(text);
});
