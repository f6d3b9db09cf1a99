import type { PermissionEntity } from "@skein/client";
import { useItem } from "@skein/client/react";
import { CircleSlash2, ShieldCheck, ShieldQuestionMark, ShieldX } from "lucide-react";
import { Person } from "../items/person.tsx";
import { ToolBody } from "../items/tool-body.tsx";
import { useThreadId } from "../thread-context.ts";
import { useAnswersInSight } from "./answers-in-sight.ts";
import { allows, answerWords } from "./permission-options.ts";
import { PermissionButtons } from "./permission-buttons.tsx";
import { spelledOut } from "../../lib/hidden-characters.ts";
import { visible } from "../../ui/visible-text.tsx";

/** A request for leave where it arose: open, a card with the agent's own options; answered, one line. */
export function PermissionCard({ id, permission }: { id: string; permission: PermissionEntity }) {
  return permission.status === "pending" ? (
    <Open id={id} permission={permission} />
  ) : (
    <Answered permission={permission} />
  );
}

function Open({ id, permission }: { id: string; permission: PermissionEntity }) {
  const answers = useAnswersInSight(id);
  return (
    <section
      aria-label={`The agent asks for leave: ${spelledOut(permission.title)}`}
      data-request={id}
      className="my-2 rounded-panel border border-wait-line bg-wait-soft p-4"
    >
      <p className="flex items-start gap-2 font-medium">
        <ShieldQuestionMark size={16} aria-hidden className="mt-0.5 shrink-0 text-wait" />
        <span dir="auto" className="min-w-0 break-words">
          {visible(plainTitle(permission.title), { words: true })}
        </span>
      </p>
      <RequestedTool tool={permission.tool} />
      <div ref={answers} className="mt-3">
        <PermissionButtons id={id} permission={permission} />
      </div>
    </section>
  );
}

export const plainTitle = (title: string): string => title.replaceAll("`", "") || "The agent asks for leave";

/** The command or diff in question. */
function RequestedTool({ tool: id }: { tool: string | undefined }) {
  const tool = useItem(useThreadId(), "tool", id ?? "");
  if (tool === undefined) return null;
  return (
    <div className="mt-3 space-y-2">
      <ToolBody tool={tool} />
    </div>
  );
}

function Answered({ permission }: { permission: PermissionEntity }) {
  const option = permission.options.find(({ optionId }) => optionId === permission.answer);
  const Icon = permission.status === "cancelled" ? CircleSlash2 : option && !allows(option) ? ShieldX : ShieldCheck;
  return (
    <p className="flex h-8 items-center gap-2 px-2 text-small text-ink-3" data-answered={permission.answer ?? ""}>
      <Icon size={14} aria-hidden className="mx-px shrink-0" />
      <span className="truncate">
        <bdi>{visible(answerWords(permission), { words: true })}</bdi>
        {permission.status === "answered" && (
          <>
            {" by "}
            <Person id={permission.by} inSentence />
          </>
        )}
      </span>
    </p>
  );
}
