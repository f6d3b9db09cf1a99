import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { compile } from "@tailwindcss/node";
import { Scanner } from "@tailwindcss/oxide";

/** The one stylesheet: the theme, and a rule for each class name that stands in the sources. */
export async function stylesheet(root: string, path: string): Promise<string> {
  const file = join(root, path);
  const compiler = await compile(await readFile(file, "utf8"), {
    base: dirname(file),
    from: file,
    onDependency: () => {},
  });
  const candidates = new Scanner({ sources: compiler.sources }).scan();
  return squeeze(compiler.build(candidates));
}

/** Takes out comments and the space around lines; what is left gzips as well as what a minifier makes of it. */
function squeeze(css: string): string {
  return css
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/\s*\n\s*/g, "\n")
    .trim();
}
