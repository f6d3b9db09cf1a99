import { spelledOut } from "../lib/hidden-characters.ts";

/** What the browser's tab says: how many threads wait for a person, the page, the app. */
let page = "Skein";
let waiting = 0;

function write(): void {
  const name = page === "Skein" ? page : `${page} · Skein`;
  document.title = waiting > 0 ? `(${waiting}) ${name}` : name;
}

/** The title of the page that is open, without the app's name. */
export const pageTitle = (): string => page;

export function setPageTitle(title: string): void {
  page = spelledOut(title);
  write();
}

/** @param count Threads that need the person; told also while the tab is in the background. */
export function setWaitingCount(count: number): void {
  waiting = count;
  write();
}
