import type { PermissionEntity } from "@skein/client";

export type PermissionOption = PermissionEntity["options"][number];

export const allows = ({ kind }: PermissionOption): boolean => kind.startsWith("allow");

/** The options in the order they are shown: what allows first, once before always, as the agent gave them else. */
export function shownOptions(options: readonly PermissionOption[]): PermissionOption[] {
  const rank = ({ kind }: PermissionOption): number => RANK.get(kind) ?? 4;
  return options.toSorted((a, b) => rank(a) - rank(b));
}

const RANK: ReadonlyMap<string, number> = new Map([
  ["allow_once", 0],
  ["allow_always", 1],
  ["reject_once", 2],
  ["reject_always", 3],
]);

/** The option that `A` chooses, and the one that `D` does: the mildest of each. */
export const keyed = (options: readonly PermissionOption[], key: "a" | "d"): PermissionOption | undefined =>
  shownOptions(options).find((option) => allows(option) === (key === "a"));

/** What was answered, in words: "Allowed once", "Rejected". */
export function answerWords(permission: PermissionEntity): string {
  if (permission.status === "cancelled") return "No longer asked";
  const option = permission.options.find(({ optionId }) => optionId === permission.answer);
  return WORDS.get(option?.kind ?? "") ?? option?.name ?? "Answered";
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ["allow_once", "Allowed once"],
  ["allow_always", "Always allowed"],
  ["reject_once", "Rejected"],
  ["reject_always", "Always rejected"],
]);
