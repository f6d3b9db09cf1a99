import type { ThreadEntity } from "@skein/client";
import { useClient } from "@skein/client/react";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Menu, MenuChoices } from "../../ui/menu.tsx";
import { sayFailed } from "../../ui/toasts.tsx";
import { isBoolean, settingsOf, type Setting } from "../lib/settings.ts";

/** Mode, model and the agent's other options, as quiet switches. */
export function Switches({ id, thread, side }: { id: string; thread: ThreadEntity; side: "top" | "bottom" }) {
  const settings = settingsOf(thread);
  return settings.map((setting) => (
    <Switch key={`${setting.by} ${setting.id}`} id={id} thread={thread} setting={setting} side={side} />
  ));
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
  const [pending, setPending] = useState(false);
  const chosen = setting.choices.find(({ value }) => value === setting.value);
  const change = async (value: string): Promise<void> => {
    setPending(true);
    try {
      if (setting.by === "mode") await client.command("thread.mode", { thread: id, mode: value });
      else {
        const given = isBoolean(thread.config, setting.id) ? value === "true" : value;
        await client.command("thread.config", { thread: id, option: setting.id, value: given });
      }
    } catch (error) {
      sayFailed(`${setting.name} was not changed.`, error);
    } finally {
      setPending(false);
    }
  };
  return (
    <Menu
      side={side}
      align="start"
      trigger={
        <Button size="small" variant="quiet" disabled={pending} className="gap-1! px-1.5! font-normal!">
          <span className="sr-only">{setting.name}: </span>
          <span className="max-w-32 truncate">{chosen?.name ?? setting.name}</span>
          <ChevronDown size={12} aria-hidden className="text-ink-3" />
        </Button>
      }
    >
      <MenuChoices
        label={setting.name}
        value={setting.value}
        choices={setting.choices}
        onChange={(value) => void change(value)}
      />
    </Menu>
  );
}
