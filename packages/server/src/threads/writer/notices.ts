import type { Json, NoticeEntity } from "@skein/client/protocol";
import { BOUNDS, boundedJson, cut } from "./bounds.ts";
import type { Draft } from "./draft.ts";
import { closeMessage } from "./messages.ts";
import { remember } from "./remember.ts";
import { some } from "./read.ts";

type Level = NoticeEntity["level"];

/** Tells a person something, in its place in the timeline. Returns the notice's id. */
export function notice(draft: Draft, level: Level, text: string, detail?: Json): string {
  closeMessage(draft);
  const { pos, at } = draft.item();
  const id = `n${pos}`;
  const value: NoticeEntity = {
    ...at,
    level,
    text: cut(text, BOUNDS.notice),
    ...some("detail", detail === undefined ? undefined : boundedJson(detail, BOUNDS.notice)),
    at: draft.now,
  };
  draft.put("notice", id, value);
  return id;
}

const MORE = `More than ${BOUNDS.noticesOfTurn} different things were to be told of this turn: the rest is only counted.`;

/** How many keys begin with a text. */
export function countOf(map: ReadonlyMap<string, unknown>, start: string): number {
  return [...map.keys()].filter((key) => key.startsWith(start)).length;
}

/**
 * Tells what may have to be told again and again: in a turn it is one notice, with how often it was told, and the first
 * of the lines it is about.
 */
export function repeatedNotice(draft: Draft, level: Level, text: string, detail?: Json): void {
  const turn = `${draft.state.turn ?? ""} `;
  const key = `${turn}${level} ${cut(text, BOUNDS.word)}`;
  const known = draft.state.repeats.get(key);
  if (known === undefined && text !== MORE && countOf(draft.state.repeats, turn) >= BOUNDS.noticesOfTurn) {
    return repeatedNotice(draft, "warning", MORE);
  }
  const line = typeof detail === "string" ? detail : "";
  if (known === undefined) {
    remembered({ id: notice(draft, level, text, detail), count: 1, lines: line });
    return;
  }
  const count = known.count + 1;
  const isNew = line !== "" && known.lines !== "" && !known.lines.split("\n").includes(line);
  const lines = isNew && known.lines.length + line.length < BOUNDS.repeats ? `${known.lines}\n${line}` : known.lines;
  draft.patch("notice", known.id, { count, ...some("detail", lines === known.lines ? undefined : lines) });
  remembered({ ...known, count, lines });

  function remembered(repeat: { id: string; count: number; lines: string }): void {
    draft.set({ repeats: remember(draft.state.repeats, key, repeat, BOUNDS.notesKnown) });
  }
}

/**
 * A notice about something that goes on, named by `key`: its first line says how it stands, what grows follows below.
 * Each call changes only what is new.
 */
export function note(
  draft: Draft,
  key: string,
  level: Level,
  change: { head?: string; body?: string; more?: string },
): void {
  const known = draft.state.notes.get(key);
  const head = cut(change.head ?? known?.head ?? "", BOUNDS.notice);
  const before = change.body ?? known?.body ?? "";
  const body = grown(before + (change.more ?? ""));
  if (known === undefined) {
    const id = notice(draft, level, whole(head, body));
    remembered(draft, key, { id, head, body });
    return;
  }
  if (known.head === head && known.body === body) return;
  const shown = whole(known.head, known.body);
  const next = whole(head, body);
  if (known.head === head && next.startsWith(shown)) {
    draft.append("notice", known.id, "text", shown.length, next.slice(shown.length));
  } else {
    draft.patch("notice", known.id, { level, text: next });
  }
  remembered(draft, key, { id: known.id, head, body });
}

const CUT = "\n[…]";

/** What there is room for; that there was more is said at its end, once. */
function grown(text: string): string {
  if (text.length <= BOUNDS.noticeText) return text;
  return `${cut(text, BOUNDS.noticeText - CUT.length)}${CUT}`;
}

const whole = (head: string, body: string): string => (body === "" ? head : `${head}\n\n${body}`);

function remembered(draft: Draft, key: string, known: { id: string; head: string; body: string }): void {
  draft.set({ notes: remember(draft.state.notes, key, known, BOUNDS.notesKnown) });
}
