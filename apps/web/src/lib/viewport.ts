/**
 * Keeps `--app-height` at the height that is really visible. Where the software keyboard shrinks the layout itself
 * (`interactive-widget`, Chromium and Firefox) that is the layout's; Safari lays the keyboard over the page, and only
 * the visual viewport tells.
 */
export function followVisibleHeight(): void {
  const { visualViewport } = window;
  if (visualViewport === null) return;
  const apply = (): void => {
    // Pinched in, the viewport is small because the person looks closely, not because a keyboard is there.
    if (visualViewport.scale > 1.01) return;
    const covered = window.innerHeight - visualViewport.height;
    const { style } = document.documentElement;
    if (covered > 80) style.setProperty("--app-height", `${visualViewport.height}px`);
    else style.removeProperty("--app-height");
    // Safari also scrolls the page up behind the keyboard.
    if (covered > 80) window.scrollTo(0, 0);
  };
  visualViewport.addEventListener("resize", apply);
}
