import type { PermissionEntity } from "@skein/client";
import { Button } from "../../ui/button.tsx";
import { Keys } from "../../ui/keys.tsx";
import { useThreadId } from "../thread-context.ts";
import { allows, keyed, shownOptions } from "./permission-options.ts";
import { useAnswer } from "./use-answer.ts";

/** The agent's own options as buttons. The mildest that allows and that denies have keys. */
export function PermissionButtons({ id, permission }: { id: string; permission: PermissionEntity }) {
  const answer = useAnswer(useThreadId());
  const [yes, no] = [keyed(permission.options, "a"), keyed(permission.options, "d")];
  return (
    <div className="flex flex-wrap gap-2">
      {shownOptions(permission.options).map((option) => {
        const key = option === yes ? "a" : option === no ? "d" : undefined;
        return (
          <Button
            key={option.optionId}
            variant={option === yes ? "primary" : "secondary"}
            disabled={answer.chosen !== null}
            data-answer={key}
            data-allows={allows(option)}
            aria-keyshortcuts={key?.toUpperCase()}
            onClick={() => answer.permission(id, option.optionId)}
          >
            {answer.chosen === option.optionId ? `${option.name}…` : option.name}
            {key && (
              <span className={option === yes ? "contents [&_kbd]:border-current/50 [&_kbd]:text-current" : "contents"}>
                <Keys keys={[key.toUpperCase()]} />
              </span>
            )}
          </Button>
        );
      })}
    </div>
  );
}
