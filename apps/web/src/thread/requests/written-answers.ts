import { usePermissions, useThread } from "@skein/client/react";
import { unfinished, useOver, useUnfinished, write } from "../lib/unfinished.ts";
import type { FieldValue } from "./question-fields.ts";

/** What stands in a question's fields, by their names, of those that somebody has written in. */
type Values = Readonly<Record<string, FieldValue>>;

const isValue = (value: unknown): value is FieldValue =>
  typeof value === "string" ||
  typeof value === "boolean" ||
  (Array.isArray(value) && value.every((each) => typeof each === "string"));

const ANSWERS = unfinished(
  "answers",
  (value): value is Values => typeof value === "object" && value !== null && Object.values(value).every(isValue),
);

/** The answer that is being written to a question, kept over a reload until the question is open no more. */
export function useWrittenAnswer(thread: string, question: string): [Values, (values: Values) => void] {
  const written = useUnfinished(ANSWERS, thread).find(({ of }) => of === question);
  return [written?.value ?? {}, (values) => write(ANSWERS, thread, question, values)];
}

/** Forgets what was written to questions of a thread that are open no more, whoever answered them. */
export function useForgetAnswered(thread: string): void {
  const { status } = useThread(thread);
  const { questions } = usePermissions(thread);
  useOver(ANSWERS, thread, status === "live" ? questions.map(({ id }) => id) : null, () => {});
}
