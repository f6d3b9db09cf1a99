import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { MARK_PATHS, MARK_STROKE } from "../src/theme/mark.ts";

/** The two grounds of theme.css as a browser's own bars want them: sRGB of `--surface-2`. */
const GROUND = { light: "#ffffff", dark: "#13161a" } as const;
const TEAL = "#006b73";

/** The app's only page. */
export function indexPage(names: { entry: string; preload: readonly string[]; early: string; css: string }): string {
  const preload = names.preload.map((name) => `    <link rel="modulepreload" href="/${name}">`).join("\n");
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Skein</title>
    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
    <meta name="description" content="Watch and steer coding agents.">
    <meta name="color-scheme" content="light dark">
    <meta name="theme-color" content="${GROUND.light}" media="(prefers-color-scheme: light)">
    <meta name="theme-color" content="${GROUND.dark}" media="(prefers-color-scheme: dark)">
    <meta name="apple-mobile-web-app-capable" content="yes">
    <meta name="mobile-web-app-capable" content="yes">
    <meta name="apple-mobile-web-app-title" content="Skein">
    <link rel="icon" href="/icons/mark.svg" type="image/svg+xml">
    <link rel="apple-touch-icon" href="/icons/apple-touch-icon.png">
    <link rel="manifest" href="/manifest.webmanifest">
    <script src="/${names.early}"></script>
    <link rel="stylesheet" href="/${names.css}">
${preload}
    <script type="module" src="/${names.entry}"></script>
  </head>
  <body>
    <div id="app"></div>
    <noscript>Skein's web app needs JavaScript. Without it, use the command line: <code>skein threads</code>.</noscript>
  </body>
</html>
`;
}

/** Web Application Manifest (https://www.w3.org/TR/appmanifest/). */
export function webManifest(): string {
  const png = (name: string, size: number, purpose: string) => ({
    src: `/icons/${name}.png`,
    sizes: `${size}x${size}`,
    type: "image/png",
    purpose,
  });
  return JSON.stringify({
    id: "/",
    name: "Skein",
    short_name: "Skein",
    description: "Watch and steer coding agents.",
    start_url: "/",
    scope: "/",
    display: "standalone",
    background_color: GROUND.light,
    theme_color: GROUND.light,
    icons: [
      { src: "/icons/mark.svg", sizes: "any", type: "image/svg+xml", purpose: "any" },
      png("icon-192", 192, "any"),
      png("icon-512", 512, "any"),
      png("maskable-512", 512, "maskable"),
    ],
    shortcuts: [{ name: "New thread", url: "/new" }],
  });
}

type Icon = { name: string; content: string | Uint8Array; type: string };

/** The favicon, from the mark's paths, and the pictures that `scripts/icons.ts` drew from them. */
export async function appIcons(root: string): Promise<Icon[]> {
  const folder = join(root, "icons");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".png"));
  const pictures = names.map(async (name) => ({
    name: `icons/${name}`,
    content: new Uint8Array(await readFile(join(folder, name))),
    type: "image/png",
  }));
  return [{ name: "icons/mark.svg", content: favicon(), type: "image/svg+xml" }, ...(await Promise.all(pictures))];
}

const strands = (stroke: string): string =>
  MARK_PATHS.map(
    (path) => `<path d="${path}" stroke="${stroke}" stroke-width="${MARK_STROKE}" stroke-linecap="round"/>`,
  ).join("");

/** Teal on nothing; lighter where the browser is dark. */
function favicon(): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none"><style>path{stroke:${TEAL}}@media(prefers-color-scheme:dark){path{stroke:#5bd0d4}}</style>${strands(TEAL)}</svg>`;
}

/**
 * The mark on a teal ground, as app icons are.
 * @param margin Ground around the mark, in units of the mark's grid of 24; masks may cut off a fifth.
 * @param radius Of the ground's corners, in the same units; 0 where the system cuts them itself.
 */
export function tile(margin: number, radius: number): string {
  const side = 24 + 2 * margin;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-margin} ${-margin} ${side} ${side}" fill="none"><rect x="${-margin}" y="${-margin}" width="${side}" height="${side}" rx="${radius}" fill="${TEAL}"/>${strands("#ffffff")}</svg>`;
}
