import { useItem } from "@skein/client/react";
import { AnswerMessage } from "../items/answer-message.tsx";
import { Notice } from "../items/notice.tsx";
import { Plan } from "../items/plan.tsx";
import { PromptMessage } from "../items/prompt-message.tsx";
import { TerminalItem } from "../items/terminal-item.tsx";
import { Thought } from "../items/thought.tsx";
import { ToolCall } from "../items/tool-call.tsx";
import { PermissionCard } from "../requests/permission-card.tsx";
import { QuestionCard } from "../requests/question-card.tsx";
import { useThreadId } from "../thread-context.ts";

/** One item of the timeline, by its kind. It alone is drawn again when it changes. */
export function ItemView({ kind, id }: { kind: string; id: string }) {
  switch (kind) {
    case "message":
      return <MessageItem id={id} />;
    case "tool":
      return <ToolItem id={id} />;
    case "plan":
      return <PlanItem id={id} />;
    case "permission":
      return <PermissionItem id={id} />;
    case "question":
      return <QuestionItem id={id} />;
    case "terminal":
      return <OwnTerminal id={id} />;
    case "notice":
      return <NoticeItem id={id} />;
    default:
      return <p className="py-1 text-small text-ink-3">An item of a kind this version does not know: {kind}.</p>;
  }
}

type Props = { id: string };

function MessageItem({ id }: Props) {
  const message = useItem(useThreadId(), "message", id);
  if (message === undefined) return null;
  switch (message.role) {
    case "user":
      return <PromptMessage id={id} message={message} />;
    case "assistant":
      return <AnswerMessage id={id} message={message} />;
    case "thought":
      return <Thought id={id} message={message} />;
    default:
      return message.role satisfies never;
  }
}

function ToolItem({ id }: Props) {
  const tool = useItem(useThreadId(), "tool", id);
  return tool && <ToolCall id={id} tool={tool} />;
}

function PlanItem({ id }: Props) {
  const plan = useItem(useThreadId(), "plan", id);
  return plan && <Plan plan={plan} />;
}

function PermissionItem({ id }: Props) {
  const permission = useItem(useThreadId(), "permission", id);
  return permission && <PermissionCard id={id} permission={permission} />;
}

function QuestionItem({ id }: Props) {
  const question = useItem(useThreadId(), "question", id);
  return question && <QuestionCard id={id} question={question} />;
}

function OwnTerminal({ id }: Props) {
  const terminal = useItem(useThreadId(), "terminal", id);
  return terminal && <TerminalItem id={id} terminal={terminal} />;
}

function NoticeItem({ id }: Props) {
  const notice = useItem(useThreadId(), "notice", id);
  return notice && <Notice notice={notice} />;
}
