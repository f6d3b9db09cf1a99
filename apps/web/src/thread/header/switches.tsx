import type { GivenCommand, ThreadEntity } from "@skein/client";
import { useClient, useGiven } from "@skein/client/react";
import { ChevronDown } from "lucide-react";
import { Button } from "../../ui/button.tsx";
import { Menu, MenuChoices } from "../../ui/menu.tsx";
import { Tooltip } from "../../ui/tooltip.tsx";
import { WaitingMark } from "../../ui/waiting-mark.tsx";
import { changeSetting, givenBy } from "../lib/change-setting.ts";
import { settingsOf, type Setting } from "../lib/settings.ts";
import { visible } from "../../ui/visible-text.tsx";

/** Mode, model and the agent's other options, as quiet switches. */
export function Switches({ id, thread, side }: { id: string; thread: ThreadEntity; side: "top" | "bottom" }) {
  const client = useClient();
  const given = useGiven(id);
  return settingsOf(thread).map((setting) => {
    const key = `${setting.by} ${setting.id}`;
    const chosen = <Chosen setting={setting} given={givenBy(setting, given)} />;
    if (thread.status === "archived") {
      return (
        <Tooltip key={key} text={ARCHIVED}>
          <Button {...LOOK} aria-disabled className={`${LOOK.className} cursor-default!`}>
            {chosen}
          </Button>
        </Tooltip>
      );
    }
    return (
      <Menu key={key} side={side} align="start" trigger={<Button {...LOOK}>{chosen}</Button>}>
        <MenuChoices
          label={setting.name}
          value={setting.value}
          choices={setting.choices}
          onChange={(value) => changeSetting(client, id, thread, setting, value)}
        />
      </Menu>
    );
  });
}

const ARCHIVED = "The thread is archived: take it out of the archive to change this.";
const LOOK = { size: "small", variant: "quiet", className: "gap-1! px-1.5! font-normal!" } as const;

function Chosen({ setting: { name, value, choices }, given }: { setting: Setting; given: GivenCommand | undefined }) {
  return (
    <>
      <span className="sr-only">{name}: </span>
      <span dir="auto" className="max-w-32 truncate">
        {visible(choices.find((each) => each.value === value)?.name ?? name, { words: true })}
      </span>
      <WaitingMark of={given} />
      <ChevronDown size={12} aria-hidden className="text-ink-3" />
    </>
  );
}
