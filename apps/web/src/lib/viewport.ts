/** What a browser says of its two viewports, in CSS px: the page's, and what of it is to be seen. */
type Viewports = { innerHeight: number; height: number; scale: number };

/** Less than this, in CSS px, is the browser's own bars coming and going, no keyboard. */
const LEAST_KEYBOARD = 80;

/**
 * How much of the page's lower part a software keyboard covers, in CSS px; 0 where there is none, or where it shrinks the
 * page itself. `null` while the page is pinched in: what is seen is small then because the person looks closely.
 */
export function coveredHeight({ innerHeight, height, scale }: Viewports): number | null {
  if (scale > 1.01) return null;
  const covered = Math.round(innerHeight - height);
  return covered > LEAST_KEYBOARD ? covered : 0;
}

/**
 * Keeps `--app-height` at the height that is to be seen, and `--keyboard-height` at what lies below it. Where the software
 * keyboard shrinks the page itself (`interactive-widget`, Chromium and Firefox) there is nothing to do; Safari lays the
 * keyboard over the page, and only the visual viewport tells.
 */
export function followVisibleHeight(): void {
  const { visualViewport } = window;
  if (visualViewport === null) return;
  const apply = (): void => {
    const { height, offsetTop, scale } = visualViewport;
    const covered = coveredHeight({ innerHeight: window.innerHeight, height, scale });
    if (covered === null) return;
    const { style, dataset } = document.documentElement;
    if (covered === 0) {
      style.removeProperty("--app-height");
      style.removeProperty("--keyboard-height");
      delete dataset["keyboard"];
      return;
    }
    style.setProperty("--app-height", `${height}px`);
    style.setProperty("--keyboard-height", `${covered}px`);
    // The home bar lies under the keyboard: no room is left for it (theme.css).
    dataset["keyboard"] = "";
    // Safari pushes the page up so that the field is seen; it is, and the header would not be.
    if (offsetTop > 0 || window.scrollY > 0) window.scrollTo(0, 0);
  };
  visualViewport.addEventListener("resize", apply);
  visualViewport.addEventListener("scroll", apply);
}
