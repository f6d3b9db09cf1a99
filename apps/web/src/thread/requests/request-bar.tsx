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
      <p className="min-w-32 flex-1 truncate text-small font-medium" role="status">
        {first ? plainTitle(first.value.title) : question?.value.message}
        {more > 0 && <span className="font-normal text-ink-2"> and {more} more</span>}
      </p>
      <div className="flex flex-wrap gap-2">
        {first && <PermissionButtons key={first.id} id={first.id} permission={first.value} />}
        <Button variant={first ? "quiet" : "secondary"} onClick={() => onShow(id)}>
          {first ? "Show" : "Answer"}
        </Button>
      </div>
    </section>
  );
}
