import type { ThreadEntity } from "@skein/client";
import { useClient } from "@skein/client/react";
import { ChevronDown } from "lucide-react";
import { Button } from "../../ui/button.tsx";
import { Menu, MenuChoices } from "../../ui/menu.tsx";
import { Tooltip } from "../../ui/tooltip.tsx";
import { changeSetting } from "../lib/change-setting.ts";
import { settingsOf, type Setting } from "../lib/settings.ts";

/** Mode, model and the agent's other options, as quiet switches. */
export function Switches({ id, thread, side }: { id: string; thread: ThreadEntity; side: "top" | "bottom" }) {
  const settings = settingsOf(thread);
  return settings.map((setting) =>
    thread.status === "archived" ? (
      <Tooltip key={`${setting.by} ${setting.id}`} text={ARCHIVED}>
        <Button {...LOOK} aria-disabled className={`${LOOK.className} cursor-default!`}>
          <Chosen setting={setting} />
        </Button>
      </Tooltip>
    ) : (
      <Switch key={`${setting.by} ${setting.id}`} id={id} thread={thread} setting={setting} side={side} />
    ),
  );
}

const ARCHIVED = "The thread is archived: take it out of the archive to change this.";
const LOOK = { size: "small", variant: "quiet", className: "gap-1! px-1.5! font-normal!" } as const;

function Chosen({ setting: { name, value, choices } }: { setting: Setting }) {
  return (
    <>
      <span className="sr-only">{name}: </span>
      <span className="max-w-32 truncate">{choices.find((each) => each.value === value)?.name ?? name}</span>
      <ChevronDown size={12} aria-hidden className="text-ink-3" />
    </>
  );
}

function Switch({
  id,
  thread,
  setting,
  side,
}: {
  id: string;
  thread: ThreadEntity;
  setting: Setting;
  side: "top" | "bottom";
}) {
  const client = useClient();
  return (
    <Menu
      side={side}
      align="start"
      trigger={
        <Button {...LOOK}>
          <Chosen setting={setting} />
        </Button>
      }
    >
      <MenuChoices
        label={setting.name}
        value={setting.value}
        choices={setting.choices}
        onChange={(value) => void changeSetting(client, id, thread, setting, value)}
      />
    </Menu>
  );
}
