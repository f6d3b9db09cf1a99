import {
  boardTopic,
  cardAsGiven,
  givenTo,
  type BoardEntity,
  type CardEntity,
  type GivenCommand,
  type SkeinError,
  type WatchStatus,
} from "../index.ts";
import { entitiesOf, type Entity } from "./entities.ts";
import { useCell } from "./provider.ts";
import { stable } from "./stable.ts";
import { CONNECTION, OUTBOX, topicKeys } from "./topic-views.ts";
import { givenIn } from "./use-outbox.ts";

/** A thread as its board shows it; the id is the thread's. */
export type Card = Entity<CardEntity>;

/** What `useBoard` gives. */
export type BoardView = {
  /** How far the board is; `gone` when it is not to be had, or no longer. */
  status: WatchStatus;
  /** Why the board is `gone`. */
  error: SkeinError | null;
  /** Asks again for what is `gone`; harmless in any other status. */
  retry: () => void;
  /** The board itself; `undefined` until it has come. */
  board: BoardEntity | undefined;
  /** All cards, the last changed first. */
  cards: readonly Card[];
  /** The same in groups: each card is in one. */
  groups: {
    /** They wait for a person. */
    readonly needsYou: readonly Card[];
    /** They are at work, or are about to be. */
    readonly running: readonly Card[];
    /** All others but the archived. */
    readonly recent: readonly Card[];
    readonly archived: readonly Card[];
  };
};

/**
 * The threads of a board, sorted and in groups. A card is the same object until it changes. Titles, and whether a thread
 * is archived, are as they were given on this device, also while that waits in the outbox: see `useGiven`.
 *
 * @param board The board's id: `hello.user.board` of `useConnection` is one's own.
 * @example
 * ```tsx
 * import { useBoard, type Card } from "@skein/client/react";
 *
 * function Rail({ board }: { board: string }) {
 *   const { groups } = useBoard(board);
 *   const row = ({ id, value }: Card) => <li key={id}>{value.title}</li>;
 *   return <ul>{groups.needsYou.map(row)}{groups.running.map(row)}{groups.recent.map(row)}</ul>;
 * }
 * ```
 */
export function useBoard(board: string): BoardView {
  const topic = boardTopic(board);
  return useCell(
    (store) => {
      const keys = [topicKeys.status(topic), topicKeys.kind(topic, "board"), topicKeys.kind(topic, "card")];
      keys.push(OUTBOX, CONNECTION);
      return store.topicCell<BoardView>(topic, keys, ({ replica, status, error }, previous) => {
        const commands = givenIn(store);
        const cards = stable(
          previous?.cards,
          entitiesOf(replica, "card")
            .map((card) => asGiven(card, givenTo(commands, card.id)))
            .sort(lastChangedFirst),
        );
        const groups = previous?.cards === cards ? previous.groups : grouped(cards, previous?.groups);
        return stable(previous, {
          status,
          error,
          retry: previous?.retry ?? (() => store.topics.retry(topic)),
          board: replica.get("board", board),
          cards,
          groups,
        });
      });
    },
    [topic],
  );
}

const shown = new WeakMap<Card, Card>();

/** A card as given; the same object as long as it says the same. */
function asGiven(card: Card, given: readonly GivenCommand[]): Card {
  const value = cardAsGiven(card.value, given);
  if (value === card.value) return card;
  const before = shown.get(card);
  if (before && stable(before.value, value) === before.value) return before;
  const next = { id: card.id, value };
  shown.set(card, next);
  return next;
}

type Groups = BoardView["groups"];

function grouped(cards: readonly Card[], previous: Groups | undefined): Groups {
  const groups: { [Name in keyof Groups]: Card[] } = { needsYou: [], running: [], recent: [], archived: [] };
  for (const card of cards) groups[groupOf(card.value)].push(card);
  return {
    needsYou: stable(previous?.needsYou, groups.needsYou),
    running: stable(previous?.running, groups.running),
    recent: stable(previous?.recent, groups.recent),
    archived: stable(previous?.archived, groups.archived),
  };
}

function groupOf({ status, waiting }: CardEntity): keyof Groups {
  switch (status) {
    case "archived":
      return "archived";
    case "waiting":
      return "needsYou";
    case "queued":
    case "running":
      return waiting > 0 ? "needsYou" : "running";
    case "idle":
    case "interrupted":
      return waiting > 0 ? "needsYou" : "recent";
    default:
      return status satisfies never;
  }
}

const lastChangedFirst = (a: Card, b: Card): number => b.value.updatedAt - a.value.updatedAt || (a.id < b.id ? -1 : 1);
