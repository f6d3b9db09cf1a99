import type { ToolEntity } from "@skein/client";
import { Capped } from "../lib/capped.tsx";
import { CommandLine } from "./command-line.tsx";
import { Panel } from "./panel.tsx";
import { commandOf } from "./tool-words.ts";
import { visible } from "../../ui/visible-text.tsx";

/**
 * What a tool was given. A command stands there as one would type it, unless its terminal shows it (`command: false`);
 * the rest as a list of names and values.
 */
export function Arguments({ tool, command: shown }: { tool: ToolEntity; command: boolean }) {
  const command = commandOf(tool);
  if (command === null) return <Data label="Arguments" value={tool.input} />;
  const { command: _, ...rest } = tool.input as Record<string, unknown>;
  return (
    <>
      {shown && <CommandLine command={command} />}
      {Object.keys(rest).length > 0 && <Data label="Arguments" value={rest} raw={tool.input} />}
    </>
  );
}

/** A value: an object of plain values as a list, with its JSON behind a fold; anything else as JSON. */
export function Data({ label, value, raw = value }: { label: string; value: unknown; raw?: unknown }) {
  const json = typeof raw === "string" ? raw : JSON.stringify(raw, null, 2);
  const entries = plainEntries(value);
  return (
    <Panel label={label} copy={json}>
      {entries === null ? (
        <Json label={label} text={json} />
      ) : (
        <>
          <Capped label={label} version={value}>
            <dl className="grid grid-cols-[fit-content(40%)_minmax(0,1fr)] gap-x-4 gap-y-1 px-3 py-2 text-small">
              {entries.map(([name, given]) => (
                <div key={name} className="contents">
                  <dt className="min-w-0 break-words text-ink-3">{visible(name)}</dt>
                  <dd className="min-w-0 font-mono break-words whitespace-pre-wrap text-ink-1">{visible(given)}</dd>
                </div>
              ))}
            </dl>
          </Capped>
          <details className="border-t border-line text-meta text-ink-3">
            <summary className="cursor-pointer px-3 py-1.5 hover:text-ink-1 pointer-coarse:py-3.5">As JSON</summary>
            <Json label={`${label} as JSON`} text={json} />
          </details>
        </>
      )}
    </Panel>
  );
}

function Json({ label, text }: { label: string; text: string }) {
  return (
    <Capped label={label} version={text}>
      <pre dir="ltr" className="px-3 py-2 font-mono text-small break-words whitespace-pre-wrap text-ink-2">
        {visible(text)}
      </pre>
    </Capped>
  );
}

/** An object's names and values as text; `null` where a value has parts of its own, or there is no object. */
function plainEntries(value: unknown): [string, string][] | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const entries = Object.entries(value);
  if (entries.length === 0 || entries.some(([, each]) => typeof each === "object" && each !== null)) return null;
  return entries.map(([name, each]) => [name, String(each)]);
}
