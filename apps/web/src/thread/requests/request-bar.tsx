import { usePermissions } from "@skein/client/react";
import { CircleQuestionMark, ShieldQuestionMark } from "lucide-react";
import { Button } from "../../ui/button.tsx";
import { PermissionButtons } from "./permission-buttons.tsx";
import { plainTitle } from "./permission-card.tsx";

/** Above the prompt box while the agent waits for somebody: the oldest request, its buttons, and how many more there are. */
export function RequestBar({ thread, onShow }: { thread: string; onShow: (id: string) => void }) {
  const { permissions, questions } = usePermissions(thread);
  const [permission, question] = [permissions[0], questions[0]];
  const more = permissions.length + questions.length - 1;
  if (more < 0) return null;
  const first = permission && (!question || permission.value.pos <= question.value.pos) ? permission : null;
  const id = first?.id ?? question?.id ?? "";
  const Icon = first ? ShieldQuestionMark : CircleQuestionMark;
  return (
    <section
      aria-label="The agent waits for you"
      data-request={id}
      className="mb-2 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-panel border border-wait-line bg-wait-soft px-3 py-2"
    >
      <Icon size={16} aria-hidden className="shrink-0 text-wait" />
      <button
        type="button"
        title="Show it in the timeline"
        onClick={() => onShow(id)}
        className="-mx-1 flex min-h-7 min-w-32 flex-1 items-center gap-1 rounded-control px-1 text-left text-small font-medium hover:underline"
      >
        <span className="truncate">{first ? plainTitle(first.value.title) : question?.value.message}</span>
        {more > 0 && <span className="shrink-0 font-normal text-ink-2">and {more} more</span>}
      </button>
      {first ? (
        <PermissionButtons key={first.id} id={first.id} permission={first.value} />
      ) : (
        <Button onClick={() => onShow(id)}>Answer</Button>
      )}
    </section>
  );
}
