import type { QuestionEntity } from "@skein/client";
import { CircleQuestionMark, CircleSlash2, MessageSquareReply } from "lucide-react";
import { useId, useMemo, useState, type FormEvent, type KeyboardEvent } from "react";
import { isComposing } from "../../lib/composing.ts";
import { Button } from "../../ui/button.tsx";
import { FIELD } from "../../ui/text-field.tsx";
import { Person } from "../items/person.tsx";
import { SafeLink } from "../markdown/inline.tsx";
import { useThreadId } from "../thread-context.ts";
import { useAnswersInSight } from "./answers-in-sight.ts";
import { onFirstPress } from "./first-press.ts";
import { contentOf, faultOf, readFields, valueOf, type Field, type FieldValue } from "./question-fields.ts";
import { useAnswer } from "./use-answer.ts";
import { useWrittenAnswer } from "./written-answers.ts";
import { spelledOut } from "../../lib/hidden-characters.ts";
import { visible } from "../../ui/visible-text.tsx";

/** A question where it arose: open, a form or a page to visit; answered, one line. */
export function QuestionCard({ id, question }: { id: string; question: QuestionEntity }) {
  if (question.status !== "pending") return <Answered question={question} />;
  return (
    <section
      aria-label={`The agent asks: ${spelledOut(question.message)}`}
      data-request={id}
      className="my-2 rounded-panel border border-wait-line bg-wait-soft p-4"
    >
      <p className="flex items-start gap-2 font-medium">
        <CircleQuestionMark size={16} aria-hidden className="mt-0.5 shrink-0 text-wait" />
        <span dir="auto" className="min-w-0 break-words whitespace-pre-wrap">
          {visible(question.message, { words: true })}
        </span>
      </p>
      <Form id={id} question={question} />
    </section>
  );
}

function Form({ id, question }: { id: string; question: QuestionEntity }) {
  const thread = useThreadId();
  const answer = useAnswer(thread, id);
  const answers = useAnswersInSight(id);
  const fields = useMemo(() => (question.mode === "form" ? readFields(question.schema) : []), [question]);
  const [values, setValues] = useWrittenAnswer(thread, id);
  const [tried, setTried] = useState(false);

  const onSubmit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    setTried(true);
    const wrong = fields.find((field) => faultOf(field, valueOf(field, values)) !== null);
    if (wrong) {
      const found = event.currentTarget.elements.namedItem(wrong.name);
      (found instanceof RadioNodeList ? (found[0] as HTMLElement | undefined) : (found as HTMLElement | null))?.focus();
      return;
    }
    answer.question("accept", question.mode === "form" ? contentOf(fields, values) : undefined);
  };

  // Enter does it too, where a field has one line: the browser sees to that.
  const onKeyDown = (event: KeyboardEvent<HTMLFormElement>): void => {
    const { key, ctrlKey, metaKey, altKey, repeat, target } = event;
    if (key !== "Enter" || !(ctrlKey || metaKey) || altKey || target instanceof HTMLButtonElement) return;
    if (isComposing(event.nativeEvent)) return;
    event.preventDefault();
    if (!repeat) event.currentTarget.requestSubmit();
  };

  return (
    <form noValidate onSubmit={onSubmit} onKeyDown={onKeyDown} className="mt-3 space-y-3">
      {question.mode === "url" && question.url && (
        <p className="break-all">
          <SafeLink href={question.url}>{question.url}</SafeLink>
        </p>
      )}
      {fields.map((field) => (
        <FieldView
          key={field.name}
          field={field}
          value={valueOf(field, values)}
          fault={tried ? faultOf(field, valueOf(field, values)) : null}
          onChange={(value) => setValues({ ...values, [field.name]: value })}
        />
      ))}
      <div ref={answers} className="flex flex-wrap gap-2">
        <Button
          type="submit"
          variant="primary"
          disabled={answer.chosen !== null}
          // The form hears what is not prevented.
          onClick={onFirstPress(() => {})}
        >
          {answer.chosen === "accept" ? "Answering…" : question.mode === "url" ? "I have been there" : "Answer"}
        </Button>
        <Button
          disabled={answer.chosen !== null}
          onClick={onFirstPress(() => answer.question("decline"))}
          data-answer="d"
        >
          Decline
        </Button>
      </div>
    </form>
  );
}

type ViewProps = { field: Field; value: FieldValue; fault: string | null; onChange: (value: FieldValue) => void };

function FieldView({ field, value, fault, onChange }: ViewProps) {
  const id = useId();
  const described = [field.hint ? `${id}-hint` : "", fault ? `${id}-fault` : ""].filter(Boolean).join(" ");
  const common = {
    id,
    name: field.name,
    "aria-required": field.required,
    "aria-invalid": fault !== null,
    ...(described ? { "aria-describedby": described } : {}),
  };
  const notes = (
    <>
      {field.hint && (
        <p id={`${id}-hint`} dir="auto" className="mt-1 text-meta text-ink-2">
          {visible(field.hint, { words: true })}
        </p>
      )}
      {fault && (
        <p id={`${id}-fault`} className="mt-1 text-meta text-fail">
          {fault}
        </p>
      )}
    </>
  );
  if (field.type === "boolean") {
    return (
      <div>
        <label className="flex min-h-8 items-center gap-2 pointer-coarse:min-h-11">
          <input
            {...common}
            type="checkbox"
            checked={value === true}
            onChange={({ target }) => onChange(target.checked)}
            className="size-4 accent-(--accent-fill)"
          />
          <bdi>{visible(field.label, { words: true })}</bdi>
        </label>
        {notes}
      </div>
    );
  }
  if (field.type === "several" || (field.type === "choice" && field.choices.length <= 5)) {
    return <Choices field={field} value={value} onChange={onChange} common={common} notes={notes} />;
  }
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-small font-medium text-ink-2">
        <bdi>{visible(field.label, { words: true })}</bdi>
        {!field.required && <span className="font-normal text-ink-3"> (optional)</span>}
      </label>
      {field.type === "choice" ? (
        <select {...common} value={String(value)} onChange={({ target }) => onChange(target.value)} className={FIELD}>
          <option value="">Choose…</option>
          {field.choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {spelledOut(choice.name)}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...common}
          type={inputType(field)}
          {...(field.type === "number" ? { inputMode: field.whole ? "numeric" : "decimal" } : {})}
          dir="auto"
          value={String(value)}
          onChange={({ target }) => onChange(target.value)}
          autoComplete="off"
          className={FIELD}
        />
      )}
      {notes}
    </div>
  );
}

const FORMATS: ReadonlyMap<string, string> = new Map([
  ["email", "email"],
  ["uri", "url"],
  ["date", "date"],
  ["date-time", "datetime-local"],
]);
const inputType = (field: Field): string =>
  field.type === "text" ? (FORMATS.get(field.format ?? "") ?? "text") : "text";

function Choices({
  field,
  value,
  onChange,
  common,
  notes,
}: Omit<ViewProps, "field" | "fault"> & {
  field: Extract<Field, { choices: unknown }>;
  common: { id: string; name: string };
  notes: React.ReactNode;
}) {
  const several = field.type === "several";
  const chosen = Array.isArray(value) ? (value as readonly string[]) : [String(value)];
  return (
    <fieldset aria-describedby={(common as { "aria-describedby"?: string })["aria-describedby"]}>
      <legend className="mb-1 text-small font-medium text-ink-2">
        <bdi>{visible(field.label, { words: true })}</bdi>
        {!field.required && <span className="font-normal text-ink-3"> (optional)</span>}
      </legend>
      <div className="flex flex-wrap gap-x-4">
        {field.choices.map((choice) => (
          <label key={choice.value} className="flex min-h-8 items-center gap-2 pointer-coarse:min-h-11">
            <input
              type={several ? "checkbox" : "radio"}
              name={common.name}
              checked={chosen.includes(choice.value)}
              onChange={({ target }) => {
                if (!several) onChange(choice.value);
                else if (target.checked) onChange([...chosen, choice.value]);
                else onChange(chosen.filter((each) => each !== choice.value));
              }}
              className="size-4 accent-(--accent-fill)"
            />
            <bdi>{visible(choice.name, { words: true })}</bdi>
          </label>
        ))}
      </div>
      {notes}
    </fieldset>
  );
}

const ACTIONS: ReadonlyMap<string, string> = new Map([
  ["accept", "Answered"],
  ["decline", "Declined"],
  ["cancel", "Dismissed"],
]);

function Answered({ question }: { question: QuestionEntity }) {
  const given = question.action === "accept" ? Object.entries(question.content ?? {}) : [];
  const Icon = question.status === "cancelled" ? CircleSlash2 : MessageSquareReply;
  return (
    <div className="px-2 py-1.5 text-small text-ink-3">
      <p className="flex items-center gap-2">
        <Icon size={14} aria-hidden className="mx-px shrink-0" />
        <span className="min-w-0 truncate">
          {question.status === "cancelled" ? "No longer asked" : (ACTIONS.get(question.action ?? "") ?? "Answered")}
          {question.status === "answered" && (
            <>
              {" by "}
              <Person id={question.by} inSentence />
            </>
          )}
          {": "}
          <bdi>{visible(question.message, { words: true })}</bdi>
        </span>
      </p>
      {given.length > 0 && (
        <dl className="mt-1 ml-6 grid grid-cols-[auto_1fr] gap-x-3 text-ink-2">
          {given.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-ink-3">{name}</dt>
              <dd className="min-w-0 break-words">{typeof value === "string" ? value : JSON.stringify(value)}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
