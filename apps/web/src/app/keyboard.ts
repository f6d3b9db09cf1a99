import { isComposing } from "../lib/composing.ts";
import { topLayer } from "../lib/layers.ts";
import { activeActions } from "./actions.tsx";
import { knownAction, type ActionName } from "./catalogue.ts";

const TWICE_WITHIN_MS = 500;
const isApple = typeof navigator !== "undefined" && /Mac|iP(?:hone|ad|od)/.test(navigator.platform);

let last = { keys: "", at: 0 };

/** Listens to the keyboard for all actions. Called once, by the app. */
export function listenToKeys(): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || isComposing(event)) return;
    // Held down it would press what takes the place of what was pressed too, which nobody has read.
    if (event.repeat && event.key === "Enter" && event.target instanceof HTMLButtonElement) event.preventDefault();
    const keys = nameOf(event, isApple);
    if (keys === null) return;
    const now = event.timeStamp;
    // A key that is held down repeats itself, but was pressed once.
    const twice = !event.repeat && last.keys === keys && now - last.at < TWICE_WITHIN_MS;
    if (!event.repeat) last = twice ? { keys: "", at: 0 } : { keys, at: now };
    const typing = isTyping(event.target);
    const layer = layerOf(event.target);
    for (const name of twice ? [`${keys} ${keys}`, keys] : [keys]) {
      for (const action of activeActions()) {
        if (action.keys !== name || action.layer !== layer || (typing && !action.whileTyping)) continue;
        if (event.repeat && !action.repeats) return event.preventDefault();
        if (action.run() === false) continue;
        event.preventDefault();
        return;
      }
    }
    // Where something else has the keys to itself it does nothing, but neither does it leave the app, as ⌘K for the browser.
    const isElsewhere = activeActions().some((action) => action.keys === keys && action.layer !== layer);
    if (keys.startsWith("mod+") && isElsewhere) event.preventDefault();
  };
  window.addEventListener("keydown", onKey);
  return () => window.removeEventListener("keydown", onKey);
}

/** What holds the focus over the page, and so has the keys to itself; `null` when nothing does. */
function layerOf(target: EventTarget | null): string | null {
  const over =
    target instanceof Element ? target.closest<HTMLElement>("[data-layer], [role=menu], [role=listbox]") : null;
  return over ? (over.dataset["layer"] ?? "menu") : topLayer();
}

/** What of a `KeyboardEvent` says which key it was. */
type Pressed = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "getModifierState">;

/** The keys of an event as the catalogue names them; `null` for what is no key of ours. */
export function nameOf(event: Pressed, apple: boolean): string | null {
  const { key, code, altKey, ctrlKey, metaKey } = event;
  if (["Shift", "Control", "Alt", "AltGraph", "Meta"].includes(key)) return null;
  // Many keyboards have [ and ] in the third row of a key: there the modifier is part of the character.
  const sign = key.length === 1 && !/[\p{L}\p{N}]/u.test(key);
  const composed = event.getModifierState("AltGraph") || (apple && altKey && !metaKey && sign && !isLetter(code));
  if (composed) return key.toLowerCase();
  if (apple ? ctrlKey : metaKey) return null;
  // With ⌥ the key itself says another letter on Apple's keyboards; the code does not.
  const plain = altKey && isLetter(code) ? code.slice(3) : key;
  return `${(apple ? metaKey : ctrlKey) ? "mod+" : ""}${altKey ? "alt+" : ""}${plain.toLowerCase()}`;
}

const isLetter = (code: string): boolean => code.startsWith("Key");

/** Whether keys pressed there are text. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio]), textarea, select"))
  );
}

const NAMES: ReadonlyMap<string, string> = new Map([
  ["mod", isApple ? "⌘" : "Ctrl"],
  ["alt", isApple ? "⌥" : "Alt"],
  ["shift", isApple ? "⇧" : "Shift"],
  ["enter", "↵"],
  ["escape", "Esc"],
  ["arrowup", "↑"],
  ["arrowdown", "↓"],
]);

/** Keys as they stand on the keyboard: `mod+k` is `["⌘", "K"]` or `["Ctrl", "K"]`. */
export function keyCaps(keys: string): string[] {
  return keys
    .split(" ")
    .flatMap((chord) => chord.split("+").map((key) => NAMES.get(key) ?? (key.length === 1 ? key.toUpperCase() : key)));
}

/** The keys of an action, as they stand on the keyboard; none where it has none. */
export function capsOf(action: ActionName): string[] {
  const { keys } = knownAction(action);
  return keys === undefined ? [] : keyCaps(keys);
}
