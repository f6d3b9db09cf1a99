import { useClient, useThread, useConnection } from "@skein/client/react";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { flushSync } from "react-dom";
import { Page, PageHeading } from "../app/page.tsx";
import { changesPath, goBack, navigate, threadPath, useRoute } from "../app/router.tsx";
import { useLayout } from "../lib/use-media.ts";
import { Boundary } from "../ui/boundary.tsx";
import { Button } from "../ui/button.tsx";
import { Empty, ErrorNote, SkeletonRows } from "../ui/states.tsx";
import { Announcer } from "./announcer.tsx";
import { Archived } from "./archived.tsx";
import { AllChanges } from "./changes/all-changes.tsx";
import { ShowChangesProvider } from "./changes/show-changes.ts";
import { TurnChangesProvider } from "./changes/turn-changes.tsx";
import { Switches } from "./header/switches.tsx";
import { SWITCHES_IN_FOOT, ThreadHeader } from "./header/thread-header.tsx";
import { Foot } from "./foot.tsx";
import { Interrupted } from "./interrupted.tsx";
import { focusField } from "../lib/focus-field.ts";
import { useLostFocus } from "../lib/lost-focus.ts";
import type { PanelTab } from "./panels/panel-actions.ts";
import { useRescuedEdits, isEdited } from "./panels/queue-edits.ts";
import { ThreadPanel } from "./panels/thread-panel.tsx";
import { DropZone } from "./prompt/drop-zone.tsx";
import type { Early } from "./prompt/early-draft.tsx";
import { EarlyPrompt } from "./prompt/early-prompt.tsx";
import { HeldStop } from "./prompt/held-stop.tsx";
import { PromptBox, type PromptBoxHandle } from "./prompt/prompt-box.tsx";
import { QueueStrip } from "./prompt/queue-strip.tsx";
import { sendOnceLoaded } from "./prompt/send-prompt.ts";
import { useStop } from "./prompt/use-stop.ts";
import { RequestBar } from "./requests/request-bar.tsx";
import { useFocusAfterAnswer } from "./requests/use-focus-after-answer.ts";
import { useForgetAnswered } from "./requests/written-answers.ts";
import { ThreadActions } from "./thread-actions.tsx";
import { ThreadProvider } from "./thread-context.ts";
import { Timeline, type TimelineHandle } from "./timeline/timeline.tsx";
import { ViewContext, viewOf } from "./timeline/view-state.ts";

/** A thread: its timeline, its prompt box, its side panel. */
export default function ThreadPage({ thread: id }: { thread: string }) {
  const { thread, status, error } = useThread(id);
  const { state } = useConnection();
  const { item: target, changes } = useTarget();
  const stop = useStop(id);
  const layout = useLayout();
  const view = viewOf(id);
  // Who was changing a queued prompt goes on with it.
  const [panel, setPanel] = useState<PanelTab | null>(() => (isEdited(id) ? "queue" : null));
  const lastPanel = useRef<PanelTab>(panel ?? "plan");
  const timeline = useRef<TimelineHandle>(null);
  const promptBox = useRef<PromptBoxHandle>(null);
  const show = useMemo(
    () => (item: string) => {
      if (layout !== "wide") setPanel(null);
      timeline.current?.show(item);
    },
    [layout],
  );
  const toPrompt = useCallback(() => focusField(promptBox.current), []);
  useFocusAfterAnswer(id, toPrompt);
  useForgetAnswered(id);
  useRescuedEdits(id, panel === "queue");
  const early = useRef<Early>("none");
  const loaded = thread !== undefined;
  useLayoutEffect(() => {
    if (loaded && early.current !== "none") promptBox.current?.goOn(early.current === "entered");
    early.current = "none";
  }, [loaded]);
  const client = useClient();
  useEffect(
    () => () => {
      if (early.current === "entered") void sendOnceLoaded(client, id);
    },
    [client, id],
  );
  const cwd = thread?.cwd ?? "";
  const shown = useMemo(() => ({ id, cwd, toPrompt }), [id, cwd, toPrompt]);
  const showChanges = useCallback((file?: string) => navigate(changesPath(id, file)), [id]);
  const openPanel = (tab: PanelTab | null): void => {
    if (tab !== null) lastPanel.current = tab;
    setPanel(tab);
  };

  if (thread === undefined) {
    return (
      <Page
        title="Thread"
        loading={status !== "gone" && state !== "offline"}
        header={<PageHeading>Thread</PageHeading>}
      >
        {status === "gone" ? (
          <Empty action={<Button onClick={() => navigate("/")}>All threads</Button>}>
            {error === null || error.kind === "not_found"
              ? "There is no such thread here, or it is not yours to see. The link may be cut off, or lead to another server."
              : error.message}
          </Empty>
        ) : state === "offline" ? (
          <div className="mx-auto max-w-(--measure) p-6">
            <ErrorNote title="The server is out of reach">
              This thread was not loaded before, so there is nothing to show of it. It appears once the server is back.
            </ErrorNote>
          </div>
        ) : (
          <div className="flex h-full flex-col">
            <div className="min-h-0 flex-1 overflow-hidden">
              <div className="mx-auto max-w-(--measure)">
                <SkeletonRows rows={4} label="Loading the thread" />
              </div>
            </div>
            <Foot>
              <EarlyPrompt thread={id} early={early} />
            </Foot>
          </div>
        )}
      </Page>
    );
  }

  const archived = thread.status === "archived";
  return (
    <ThreadProvider value={shown}>
      <ViewContext value={view}>
        <ShowChangesProvider value={showChanges}>
          <Page
            title={changes === null ? thread.title : `Changes: ${thread.title}`}
            header={
              <ThreadHeader
                id={id}
                thread={thread}
                panelOpen={panel !== null}
                onPanel={() => openPanel(panel === null ? lastPanel.current : null)}
              />
            }
            panelTitle="About this thread"
            // What lies over the page has the place to itself, and gives it back.
            panelOpen={panel !== null && (changes === null || layout === "wide")}
            onPanelClose={() => openPanel(null)}
            panel={
              <ThreadPanel id={id} thread={thread} tab={panel ?? lastPanel.current} onTab={openPanel} onShow={show} />
            }
          >
            <div className="flex h-full flex-col">
              <div className="min-h-0 flex-1">
                <TurnChangesProvider thread={id}>
                  <Timeline ref={timeline} thread={id} target={target} />
                </TurnChangesProvider>
              </div>
              <Foot>
                <Strips onLost={toPrompt}>
                  <Interrupted id={id} />
                  <HeldStop stop={stop} />
                </Strips>
                <Boundary what="This request">
                  <RequestBar thread={id} onShow={show} />
                </Boundary>
                <Strips onLost={toPrompt}>
                  <QueueStrip thread={id} onShow={() => openPanel("queue")} />
                </Strips>
                {archived ? (
                  <Archived id={id} onBack={() => requestAnimationFrame(toPrompt)} />
                ) : (
                  <PromptBox
                    ref={promptBox}
                    thread={id}
                    stop={stop}
                    onSent={() => timeline.current?.toEnd()}
                    switches={
                      <div className={`flex items-center gap-1 ${layout === "narrow" ? "" : SWITCHES_IN_FOOT}`}>
                        <Switches id={id} thread={thread} side="top" />
                      </div>
                    }
                  />
                )}
              </Foot>
            </div>
            {!archived && <DropZone onFiles={(files) => promptBox.current?.attach(files)} />}
            <ThreadActions
              id={id}
              thread={thread}
              stop={stop}
              timeline={timeline}
              promptBox={promptBox}
              panel={panel}
              onPanel={(tab = lastPanel.current) => openPanel(tab)}
              onChanges={showChanges}
            />
            <Announcer id={id} />
            {changes !== null && (
              <AllChanges
                id={id}
                cwd={thread.cwd}
                file={changes.file}
                onShow={(tool) => {
                  // The timeline gets the focus once nothing lies over it.
                  flushSync(() => navigate(threadPath(id)));
                  setTimeout(() => show(tool));
                }}
                onClose={() => goBack(threadPath(id))}
              />
            )}
          </Page>
        </ShowChangesProvider>
      </ViewContext>
    </ThreadProvider>
  );
}

/** Lines that come and go; from one that goes the focus goes on to where one writes. */
function Strips({ onLost, children }: { onLost: () => void; children: ReactNode }) {
  return <div {...useLostFocus(onLost)}>{children}</div>;
}

/** What of the thread the address points at. All changes lie over the page, which stays at its item below them. */
function useTarget(): { item: string | null; changes: { file: string | null } | null } {
  const route = useRoute();
  const [item, setItem] = useState(route.page === "thread" ? route.item : null);
  if (route.page !== "thread") return { item, changes: null };
  if (route.changes === null && route.item !== item) setItem(route.item);
  return { item: route.changes === null ? route.item : item, changes: route.changes };
}
