import { useEffect } from "react";
import { useStored, type Entry } from "../lib/device-storage.ts";

export type Theme = "system" | "light" | "dark";

/** What is remembered of the choice, under the name that early.ts reads. */
export const THEME: Entry<Theme> = {
  name: "theme",
  read: (stored) => (stored === "light" || stored === "dark" ? stored : "system"),
};

/** The person's choice of theme on this device, and how to change it. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useStored(THEME);
  return [theme, (next) => setTheme(next === "system" ? null : next)];
}

/** Puts the choice into force: on the page, and on the browser's own bars. Used once, by the app. */
export function useThemeInForce(): void {
  const [theme] = useTheme();
  useEffect(() => {
    const { documentElement: root } = document;
    if (theme === "system") delete root.dataset["theme"];
    else root.dataset["theme"] = theme;
    for (const bar of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
      const own = bar.dataset["scheme"] ?? (bar.media.includes("dark") ? "dark" : "light");
      bar.dataset["scheme"] = own;
      bar.media = theme === "system" ? `(prefers-color-scheme: ${own})` : own === theme ? "all" : "not all";
    }
  }, [theme]);
}
