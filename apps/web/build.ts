/**
 * Builds the web app into `dist`: hashed names for what never changes, `index.html`, icons, manifest, service worker,
 * and `build.json`, by which the server knows every file it may serve. `dist` is replaced only when all went well.
 */
import { rename, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { thirdPartyNotices } from "./build-steps/notices.ts";
import { pickEntry, scriptsOf } from "./build-steps/scripts.ts";
import { stylesheet } from "./build-steps/styles.ts";
import { appIcons, indexPage, webManifest } from "./build-steps/pages.ts";

const ROOT = import.meta.dir;
const OUT = join(ROOT, "dist");
const STAGE = join(ROOT, `dist.${process.pid}`);

type File = { type: string; immutable: boolean; bytes: number };
const files: Record<string, File> = {};

/** Writes one file of the build and notes it down. */
async function emit(name: string, content: string | Uint8Array, type: string, immutable = false): Promise<void> {
  await Bun.write(join(STAGE, name), content);
  files[name] = { type, immutable, bytes: Buffer.byteLength(content) };
}

const hashed = (name: string, extension: string, content: string): string =>
  `assets/${name}-${Bun.hash(content).toString(36)}.${extension}`;

const SCRIPT = "text/javascript; charset=utf-8";

try {
  const app = await scriptsOf(ROOT, ["src/main.tsx"], { splitting: true });
  for (const output of app) await emit(output.name, output.text, SCRIPT, true);
  const entry = pickEntry(app);

  const [early] = await scriptsOf(ROOT, ["src/theme/early.ts"], { splitting: false });
  if (early === undefined) throw new Error("early.ts gave no output.");
  await emit(early.name, early.text, SCRIPT, true);

  const css = await stylesheet(ROOT, "src/theme/theme.css");
  const cssName = hashed("app", "css", css);
  await emit(cssName, css, "text/css; charset=utf-8", true);

  await emit("third-party.txt", await thirdPartyNotices(ROOT), "text/plain; charset=utf-8");

  const manifest = webManifest();
  await emit("manifest.webmanifest", manifest, "application/manifest+json");
  for (const icon of await appIcons(ROOT)) await emit(icon.name, icon.content, icon.type);

  const page = indexPage({ entry: entry.name, preload: entry.imports, early: early.name, css: cssName });
  await emit("index.html", page, "text/html; charset=utf-8");

  // The shell is kept before anything else; the rest, of which every page may need a part, once the browser is idle.
  const shell = ["/", `/${cssName}`, `/${early.name}`, ...[entry.name, ...entry.imports].map((name) => `/${name}`)];
  const id = Bun.hash(Object.keys(files).sort().join("\n") + page).toString(36);
  const rest = app.map(({ name }) => `/${name}`).filter((path) => !shell.includes(path));
  const worker = await scriptsOf(ROOT, ["src/pwa/service-worker.ts"], {
    splitting: false,
    define: {
      BUILD_ID: JSON.stringify(id),
      BUILD_SHELL: JSON.stringify(shell),
      BUILD_REST: JSON.stringify(rest),
    },
  });
  await emit("sw.js", worker[0]?.text ?? "", SCRIPT);

  const initial = [entry.name, ...entry.imports].map((name) => app.find((output) => output.name === name)?.text ?? "");
  const initialGzip = initial.reduce((sum, text) => sum + Bun.gzipSync(Buffer.from(text)).byteLength, 0);
  await Bun.write(join(STAGE, "build.json"), `${JSON.stringify({ id, initialGzip, files }, null, 1)}\n`);

  await rm(OUT, { recursive: true, force: true });
  await rename(STAGE, OUT);
  const total = Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(
    `Built ${relative(process.cwd(), OUT) || "."}: ${Object.keys(files).length} files, ${Math.round(total / 1024)} KB; ` +
      `first load ${Math.round(initialGzip / 1024)} KB of script, gzipped.`,
  );
} finally {
  await rm(STAGE, { recursive: true, force: true });
}
