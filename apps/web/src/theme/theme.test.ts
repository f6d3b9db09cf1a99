import { describe, expect, test } from "bun:test";
import { join } from "node:path";

const css = await Bun.file(join(import.meta.dir, "theme.css")).text();

type Scheme = "light" | "dark";

/** Reads `--name: light-dark(oklch(L C H), oklch(L C H))` out of the sheet. */
function token(name: string, scheme: Scheme): [number, number, number] {
  const found = new RegExp(`--${name}: light-dark\\(oklch\\(([^)]*)\\), oklch\\(([^)]*)\\)\\)`).exec(css);
  const [lightness, chroma, hue] = (found?.[scheme === "light" ? 1 : 2] ?? "").split(" ").map(Number);
  if (lightness === undefined || chroma === undefined || hue === undefined) throw new Error(`There is no --${name}.`);
  return [lightness, chroma, hue];
}

/** Relative luminance of an OKLCH colour in sRGB, out-of-gamut parts cut off (CSS Color 4, section 9; WCAG 2.2). */
function luminance([lightness, chroma, hue]: [number, number, number]): number {
  const angle = (hue * Math.PI) / 180;
  const [a, b] = [chroma * Math.cos(angle), chroma * Math.sin(angle)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const cut = (value: number): number => Math.min(1, Math.max(0, value));
  const red = cut(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
  const green = cut(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
  const blue = cut(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string, scheme: Scheme): number {
  const [a, b] = [luminance(token(one, scheme)), luminance(token(other, scheme))];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const SURFACES = ["surface-1", "surface-2", "surface-3", "floating"];
const INKS = ["ink-1", "ink-2", "ink-3", "accent", "wait", "fail", "good"];
const SOFT = ["accent", "wait", "fail", "good"];

for (const scheme of ["light", "dark"] as const) {
  describe(`WCAG 2.2, 1.4.3, ${scheme}: text has a contrast of 4.5 or more`, () => {
    for (const ink of INKS) {
      for (const surface of SURFACES) {
        test(`${ink} on ${surface}`, () => expect(contrast(ink, surface, scheme)).toBeGreaterThanOrEqual(4.5));
      }
    }
    for (const name of SOFT) {
      for (const ink of [name, "ink-1", "ink-2"]) {
        test(`${ink} on ${name}-soft`, () => {
          expect(contrast(ink, `${name}-soft`, scheme)).toBeGreaterThanOrEqual(4.5);
        });
      }
    }
    for (const fill of ["accent-fill", "accent-fill-hover"]) {
      test(`accent-ink on ${fill}`, () => expect(contrast("accent-ink", fill, scheme)).toBeGreaterThanOrEqual(4.5));
    }
  });

  describe(`WCAG 2.2, 1.4.11, ${scheme}: marks have a contrast of 3 or more`, () => {
    for (const mark of ["accent", "wait-mark", "ink-3"]) {
      for (const surface of SURFACES) {
        test(`${mark} on ${surface}`, () => expect(contrast(mark, surface, scheme)).toBeGreaterThanOrEqual(3));
      }
    }
  });
}
