import type { PermissionEntity } from "@skein/client";
import { Ellipsis } from "lucide-react";
import { Button, IconButton } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";
import { Keys } from "../../ui/keys.tsx";
import { Menu, MenuItem } from "../../ui/menu.tsx";
import { useThreadId } from "../thread-context.ts";
import { onFirstPress } from "./first-press.ts";
import { allows, keyed, shownOptions, type PermissionOption } from "./permission-options.ts";
import { useAnswer, type Answering } from "./use-answer.ts";
import { visible } from "../../ui/visible-text.tsx";

type Props = {
  id: string;
  permission: PermissionEntity;
  /** Whether it can't be answered just yet. */
  held?: boolean;
};

/**
 * The agent's own options as buttons. The mildest that allows and that denies have keys; on narrow screens these two
 * share the first row, and the others stand below, quiet.
 */
export function PermissionButtons({ id, permission, held = false }: Props) {
  const answer = useAnswer(useThreadId(), id);
  const [yes, no] = [keyed(permission.options, "a"), keyed(permission.options, "d")];
  return (
    <div className="flex flex-wrap gap-2">
      {shownOptions(permission.options).map((option) => {
        const mild = option === yes || option === no;
        return (
          <OptionButton
            key={option.optionId}
            option={option}
            keyCap={option === yes ? "a" : option === no ? "d" : undefined}
            answer={answer}
            held={held}
            className={
              mild
                ? "max-medium:-order-1 max-medium:min-w-fit max-medium:flex-1"
                : "max-medium:w-full max-medium:border-transparent! max-medium:bg-transparent!"
            }
          />
        );
      })}
    </div>
  );
}

/** The mildest that allows, and all others in a menu: for where there is one line only. */
export function PermissionMenu({ id, permission, held = false }: Props) {
  const answer = useAnswer(useThreadId(), id);
  const yes = keyed(permission.options, "a");
  const others = shownOptions(permission.options).filter((option) => option !== yes);
  return (
    <div className="flex shrink-0 items-center gap-1">
      {yes && <OptionButton option={yes} keyCap="a" answer={answer} held={held} />}
      {others.length > 0 && (
        <Menu
          side="top"
          trigger={
            <IconButton label="Other answers" data-other-answers disabled={held || answer.chosen !== null}>
              <Ellipsis size={16} aria-hidden />
            </IconButton>
          }
        >
          {others.map((option) => (
            <MenuItem key={option.optionId} onSelect={() => answer.permission(option.optionId)}>
              <bdi>{visible(option.name, { words: true })}</bdi>
            </MenuItem>
          ))}
        </Menu>
      )}
    </div>
  );
}

function OptionButton({
  option,
  keyCap,
  answer,
  held,
  className,
}: {
  option: PermissionOption;
  keyCap: "a" | "d" | undefined;
  answer: Answering;
  held: boolean;
  className?: string;
}) {
  const primary = keyCap === "a";
  return (
    <Button
      variant={primary ? "primary" : "secondary"}
      disabled={held || answer.chosen !== null}
      data-answer={keyCap}
      data-option={option.optionId}
      data-allows={allows(option)}
      aria-keyshortcuts={keyCap?.toUpperCase()}
      onClick={onFirstPress(() => answer.permission(option.optionId))}
      className={classNames("h-auto! min-h-8 max-w-full shrink! py-1 whitespace-normal!", className)}
    >
      <span className="min-w-0 text-left [overflow-wrap:anywhere] max-medium:text-center">
        <bdi>{visible(option.name, { words: true })}</bdi>
        {answer.chosen === option.optionId && "…"}
      </span>
      {keyCap && (
        <span className={primary ? "contents [&_kbd]:border-current/50 [&_kbd]:text-current" : "contents"}>
          <Keys keys={[keyCap.toUpperCase()]} />
        </span>
      )}
    </Button>
  );
}
