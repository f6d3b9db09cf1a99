/** Runs before anything is drawn, so that a page never shows in the wrong theme first. See theme.ts. */
try {
  const chosen: unknown = JSON.parse(localStorage.getItem("skein.theme") ?? "null");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset["theme"] = chosen;
} catch {
  // Storage is refused, or holds what is not ours: as the system has it.
}
