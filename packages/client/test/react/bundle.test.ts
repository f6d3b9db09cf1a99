import { expect, test } from "bun:test";
import { join } from "node:path";

test("the browser entry of the hooks reaches react and zod, and no Node module", async () => {
  const imports = new Set<string>();
  const built = await Bun.build({
    entrypoints: [join(import.meta.dir, "../../src/react/index.ts")],
    target: "browser",
    external: ["react"],
    plugins: [
      {
        // Asked before Bun would put something of its own in the place of a Node module.
        name: "note imports",
        setup(build) {
          build.onResolve({ filter: /^[^./]/ }, ({ path }) => {
            imports.add(path);
            return undefined;
          });
        },
      },
    ],
  });
  const code = await built.outputs[0]!.text();
  expect([...imports].sort()).toEqual(["react", "zod"]);
  const left = [...code.matchAll(/\bfrom\s*["']([^"']+)["']/g)].map(([, name]) => name);
  expect(new Set(left)).toEqual(new Set(["react"]));
});
