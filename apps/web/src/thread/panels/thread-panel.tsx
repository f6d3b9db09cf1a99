import { Tabs } from "@base-ui/react/tabs";
import type { ThreadEntity } from "@skein/client";
import { useThread } from "@skein/client/react";
import { use, useRef, type ReactNode } from "react";
import { useActions } from "../../app/actions.tsx";
import { Boundary } from "../../ui/boundary.tsx";
import { LayerContext } from "../../ui/layer.tsx";
import { panelActions, type PanelTab } from "./panel-actions.ts";
import { useLostFocus } from "../../lib/lost-focus.ts";
import { ChangesPanel } from "./changes-panel.tsx";
import { DetailsPanel } from "./details-panel.tsx";
import { PlanPanel } from "./plan-panel.tsx";
import { QueuePanel } from "./queue-panel.tsx";

const TABS: readonly { value: PanelTab; name: string }[] = [
  { value: "plan", name: "Plan" },
  { value: "changes", name: "Changes" },
  { value: "queue", name: "Queue" },
  { value: "details", name: "Details" },
];

/** Plan, changes, queue and details of a thread, one at a time. */
export function ThreadPanel({
  id,
  thread,
  tab,
  onTab,
  onShow,
}: {
  id: string;
  thread: ThreadEntity;
  tab: PanelTab;
  /** Shows another tab; `null` closes the panel. */
  onTab: (tab: PanelTab | null) => void;
  /** Brings an item into view. */
  onShow: (item: string) => void;
}) {
  const { queue } = useThread(id);
  // A sheet has the keys to itself.
  const inLayer = use(LayerContext) !== null;
  useActions(inLayer ? panelActions(tab, (next) => onTab(next ?? null)) : []);
  const root = useRef<HTMLDivElement>(null);
  const lostFocus = useLostFocus(() => root.current?.querySelector<HTMLElement>("[role=tab][data-active]")?.focus());
  return (
    <Tabs.Root ref={root} {...lostFocus} value={tab} onValueChange={(next: PanelTab) => onTab(next)}>
      <Tabs.List className="sticky top-0 z-10 flex gap-1 border-b border-line bg-surface-1 px-3">
        {TABS.map(({ value, name }) => (
          <Tabs.Tab
            key={value}
            value={value}
            className="-mb-px h-9 border-b-2 border-transparent px-2 text-small text-ink-2 hover:text-ink-1 data-[active]:border-accent data-[active]:font-medium data-[active]:text-ink-1 pointer-coarse:h-11"
          >
            {name}
            {value === "queue" && queue.length > 0 && (
              <span className="ml-1 text-ink-3 tabular-nums">{queue.length}</span>
            )}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tab value="plan">
        <PlanPanel id={id} />
      </Tab>
      <Tab value="changes">
        <ChangesPanel id={id} cwd={thread.cwd} onShow={onShow} />
      </Tab>
      <Tab value="queue">
        <QueuePanel id={id} />
      </Tab>
      <Tab value="details">
        <DetailsPanel id={id} thread={thread} />
      </Tab>
    </Tabs.Root>
  );
}

function Tab({ value, children }: { value: PanelTab; children: ReactNode }) {
  return (
    <Tabs.Panel value={value} className="p-4 outline-offset-[-2px]">
      <Boundary what="This panel">{children}</Boundary>
    </Tabs.Panel>
  );
}
