import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

type Package = {
  name: string;
  version: string;
  license?: string;
  author?: string | { name: string };
  dependencies?: Record<string, string>;
};

/** Of what is not bundled as a dependency: the stylesheet begins with its reset. */
const IN_STYLES = ["tailwindcss"];

/**
 * The licences of all that the bundle may have in it: the app's dependencies and theirs, each with its licence's text.
 * @throws where a package has none: it must not be published without.
 */
export async function thirdPartyNotices(root: string): Promise<string> {
  const found = new Map<string, string>();
  const ourLicence = await readFile(join(root, "../../LICENSE"), "utf8");
  const visit = async (name: string, from: string): Promise<void> => {
    const folder = await folderOf(name, from);
    const about = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Package;
    const key = `${about.name} ${about.version}`;
    if (found.has(key)) return;
    found.set(key, about.name.startsWith("@skein/") ? "" : await noticeOf(folder, about, ourLicence));
    for (const each of Object.keys(about.dependencies ?? {})) await visit(each, folder);
  };
  const own = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Package;
  for (const name of [...Object.keys(own.dependencies ?? {}), ...IN_STYLES]) await visit(name, root);
  const notices = [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, notice]) => notice);
  return ["Skein's web app contains these packages.", ...notices.filter(Boolean)].join(`\n\n${"-".repeat(80)}\n\n`);
}

/** The package as seen from a folder: the nearest of the `node_modules` above it. */
async function folderOf(name: string, from: string): Promise<string> {
  for (const modules of createRequire(join(from, "package.json")).resolve.paths(name) ?? []) {
    const folder = join(modules, name);
    if (await Bun.file(join(folder, "package.json")).exists()) return folder;
  }
  throw new Error(`${name}, which ${dirname(from)} needs, is not installed.`);
}

/** @param ourLicence The text of the MIT licence, for packages under it that come without its text. */
async function noticeOf(folder: string, about: Package, ourLicence: string): Promise<string> {
  const { name, version, license, author } = about;
  const head = `${name} ${version}${license === undefined ? "" : ` (${license})`}`;
  const file = (await readdir(folder)).find((each) => /^(?:licen[cs]e|copying)(?:\.|$)/i.test(each));
  if (file !== undefined) return `${head}\n\n${(await readFile(join(folder, file), "utf8")).trim()}`;
  const holder = (typeof author === "string" ? author : author?.name) ?? `the authors of ${name}`;
  if (license !== "MIT") throw new Error(`${name} comes without the text of its licence.`);
  return `${head}\n\n${ourLicence.replace(/^Copyright .*$/m, `Copyright (c) ${holder}`).trim()}`;
}
