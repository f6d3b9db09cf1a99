import { usePermissions, useThread, useTimeline } from "@skein/client/react";
import {
  useContext,
  useEffect,
  useEffectEvent,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
  type Ref,
} from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import { say } from "../../ui/toasts.tsx";
import { useTabStop } from "../lib/use-tab-stop.ts";
import { anchorIn, type Sought } from "./anchor.ts";
import { traitOf } from "./item-trait.ts";
import { firstRowInSight, goToRow, rowElement, rowOfFocus } from "./row-focus.ts";
import { MAX_PRINTED, PrintedRows } from "./printed-rows.tsx";
import { RowView } from "./row-view.tsx";
import { indexOfItem, rowsOf, type Row } from "./rows.ts";
import { KEPT, MAX_TAIL, splitOf, tailAt } from "./tail.ts";
import { TimelineEnd } from "./timeline-end.tsx";
import { JumpToLatest, OlderNote } from "./timeline-notes.tsx";
import { usePrinting } from "./use-printing.ts";
import { useStick } from "./use-stick.ts";
import { ViewContext } from "./view-state.ts";

/** What the page may ask of the timeline. */
export type TimelineHandle = {
  /** Brings an item into view, loading back to it if need be, and focuses it. */
  show(id: string): void;
  /** Focuses the next row down or up; `false` when there is none. */
  move(by: 1 | -1): boolean;
  toEnd(): void;
};

/** Nearer to the start than this, in pixels, older items are asked for. */
const OLDER_WITHIN = 4000;
/** More items than this are not kept while one looks at the newest. */
const MAX_AT_END = 1000;
/** So long one has looked at the newest before older ones are forgotten, in milliseconds. */
const REST_MS = 2000;

/** The thread's items, of which only those in sight are drawn. */
export function Timeline({
  thread,
  target,
  ref,
}: {
  thread: string;
  /** The item that the address points at. */
  target: string | null;
  ref: Ref<TimelineHandle>;
}) {
  const timeline = useTimeline(thread, traitOf);
  const { items, hasOlder, loadingOlder, olderError, setFollowing, loadOlder } = timeline;
  const { running } = useThread(thread);
  const { permissions, questions } = usePermissions(thread);
  const isAsked = permissions.length + questions.length > 0;
  const view = useContext(ViewContext);
  const folds = useSyncExternalStore(view.subscribe, () => view.folds);
  const rows = useMemo(() => rowsOf(items, { opened: folds, running: running?.id }), [items, folds, running?.id]);

  const [sought, setSought] = useState<Sought | null>(() => (target === null ? view.anchor : { item: target }));
  // What one comes back to stands in the flow, where its place is sure at once, unless it is far up.
  const [tailKey, setTailKey] = useState<string | null>(() => tailAt(rows, sought));
  const split = splitOf(rows, tailKey);
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const { atEnd, toEnd, leave, arrive } = useStick(scroller, content, sought === null);
  useTabStop(scroller);
  const [marked, setMarked] = useState<string | null>(null);
  const seen = useRef(target);
  useEffect(() => {
    if (seen.current !== target) setSought(target === null ? null : { item: target });
    seen.current = target;
  }, [target]);

  /** Ends the way to a row that is under way: older items that came then would move its goal. */
  const going = useRef<(() => void) | null>(null);
  useEffect(() => () => going.current?.(), []);
  const loadMore = (): void => {
    if (hasOlder && !loadingOlder && olderError === null && going.current === null) void loadOlder();
  };
  const nearStart = (): boolean => (scroller.current?.scrollTop ?? 0) < OLDER_WITHIN;
  // Also when what is there, folded, does not fill the screen.
  useEffect(() => {
    if (nearStart()) loadMore();
  });
  // Whoever looks at the newest items again has no need of all that was read back to.
  const tooMany = atEnd && sought === null && items.length > MAX_AT_END;
  useEffect(() => {
    if (!tooMany) return;
    const timer = setTimeout(() => setFollowing(true), REST_MS);
    return () => clearTimeout(timer);
  }, [tooMany, setFollowing]);

  const indexOfKey = useRef((_key: string): number => -1);
  useEffect(() => {
    indexOfKey.current = (key) => rows.findIndex((row) => row.key === key);
  }, [rows]);
  const go = (index: number, place: "center" | "nearest" | { top: number }): void => {
    const row = rows[index];
    const box = scroller.current;
    if (row === undefined || box === null) return;
    going.current?.();
    const align = typeof place === "string" ? place : "start";
    const jump = (): void => {
      const drawn = rowElement(box, row.key);
      if (drawn && typeof place === "string") drawn.scrollIntoView({ block: place });
      // Older items may have come meanwhile.
      if (!drawn) list.current?.scrollToIndex(indexOfKey.current(row.key), { align });
    };
    going.current = goToRow(box, row.key, typeof place === "string" ? "focus" : place, jump, () => {
      going.current = null;
      arrive();
    });
  };

  // What an address or a card points at, or where one read: found, or older items are loaded until it is. Before the
  // first picture, so that coming back shows nothing else.
  useLayoutEffect(() => {
    if (sought === null || items.length === 0) return;
    const { item, top } = sought;
    const index = indexOfItem(rows, item);
    const row = rows[index];
    if (row === undefined) {
      if (hasOlder && placeOf(item) < (items[0]?.pos ?? 0)) {
        leave();
        loadMore();
      } else if (!loadingOlder) {
        setSought(null);
        arrive();
        if (top === undefined) say("The item that the link points at is not in this thread.");
      }
      return;
    }
    if (top === undefined && row.type === "fold") {
      view.setOpen(row.key, true);
      return;
    }
    leave();
    setSought(null);
    if (top === undefined) setMarked(row.key);
    go(index, top === undefined ? "center" : { top });
  }, [sought, rows, items, hasOlder, loadingOlder, view, leave, arrive]);

  // Where one reads is kept for when one comes back: looked at as the page goes, for while it is there it moves.
  const keep = useEffectEvent(() => {
    const box = scroller.current;
    if (sought !== null || box === null) return;
    view.anchor = atEnd ? null : anchorIn(box, rows);
  });
  useLayoutEffect(() => () => keep(), []);

  useImperativeHandle(ref, () => ({
    show: (item) => setSought({ item }),
    toEnd() {
      going.current?.();
      setSought(null);
      toEnd();
    },
    move(by) {
      const now = rowOfFocus(scroller.current);
      const from = rows.findIndex(({ key }) => key === now);
      const first = rows.findIndex(({ key }) => key === firstRowInSight(scroller.current));
      let index = from < 0 ? (by > 0 ? first : first - 1) : from + by;
      while (rows[index]?.type === "footer") index += by;
      if (rows[index] === undefined) return false;
      if (index < rows.length - 1) leave();
      go(index, "nearest");
      return true;
    },
  }));

  // Rows that stood in the tail long enough are drawn only while in sight; never while one reads back, whom it would move.
  useEffect(() => {
    const known = rows.some(({ key }) => key === tailKey);
    if (!known || (atEnd && rows.length - split > MAX_TAIL)) setTailKey(rows[splitOf(rows, null)]?.key ?? null);
  }, [rows, tailKey, atEnd, split]);

  const printing = usePrinting();
  const above = useMemo(() => rows.slice(0, split), [rows, split]);

  return (
    <div className="relative flex h-full min-h-0 flex-col">
      <div
        ref={scroller}
        role="feed"
        aria-label="Timeline"
        aria-busy={loadingOlder}
        data-timeline
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain outline-offset-[-2px] [overflow-anchor:none]"
      >
        <div ref={content} className="pt-2">
          {printing && (
            <PrintedRows
              thread={thread}
              rows={above.slice(-MAX_PRINTED)}
              whole={!hasOlder && above.length <= MAX_PRINTED}
            />
          )}
          <Virtualizer
            ref={list}
            data={above}
            shift={useShift(above)}
            bufferSize={1000}
            keepMounted={useLast(above.length)}
            onScroll={() => {
              if (nearStart()) loadMore();
            }}
            scrollRef={scroller}
            startMargin={8}
          >
            {(row) => <RowView key={row.key} row={row} marked={row.key === marked} />}
          </Virtualizer>
          {rows.slice(split).map((row) => (
            <RowView key={row.key} row={row} marked={row.key === marked} />
          ))}
          <TimelineEnd thread={thread} empty={rows.length === 0 && !hasOlder} />
        </div>
      </div>
      <OlderNote
        loading={loadingOlder && (sought !== null || nearStart())}
        error={olderError}
        onRetry={() => void loadOlder()}
      />
      {!atEnd && <JumpToLatest inFlow={isAsked} onPress={toEnd} />}
    </div>
  );
}

/**
 * The rows next to the tail are drawn always: the list looks ahead in the direction it scrolled last, which while the end
 * is followed is not where the reader goes next.
 */
function useLast(length: number): readonly number[] {
  return useMemo(() => Array.from({ length: Math.min(KEPT, length) }, (_, index) => length - 1 - index), [length]);
}

/** An item's place, which its id ends in (P40). */
const placeOf = (id: string): number => Number(/\d+$/.exec(id)?.[0] ?? Number.NaN);

/** Whether rows came or went at the start since the last picture: then the place one reads at is kept from the end. */
function useShift(rows: readonly Row[]): boolean {
  const before = useRef<readonly Row[]>([]);
  const [was, is] = [before.current[0]?.key, rows[0]?.key];
  const shift =
    was !== undefined &&
    is !== undefined &&
    was !== is &&
    (rows.some(({ key }) => key === was) || before.current.some(({ key }) => key === is));
  useEffect(() => {
    before.current = rows;
  });
  return shift;
}
