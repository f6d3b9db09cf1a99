import { SkeinError, type PermissionEntity, type QuestionEntity, type Replica, type Watch } from "@skein/client";
import { Command } from "commander";
import { chosenOption, fieldHint, fieldsOf, optionLines } from "../choose.ts";
import type { Cli } from "../context.ts";
import { describe } from "../describe.ts";
import { UsageError } from "../exit-codes.ts";
import { talksToServer, withServer } from "../reach.ts";
import { loadOlder } from "../reading.ts";
import { subjectOf } from "../subject.ts";
import { oneLine } from "../text.ts";
import { threadId, topicOf } from "../thread-argument.ts";

type Flags = { request?: string; content?: string; json?: boolean; data?: string; timeout?: number };
type Pending =
  | { kind: "permission"; id: string; value: PermissionEntity }
  | { kind: "question"; id: string; value: QuestionEntity };
type Reply =
  | { permission: string; option: string }
  | { question: string; action: "accept" | "decline" | "cancel"; content?: Record<string, unknown> };

const ACTIONS = ["accept", "decline", "cancel"] as const;

export function command(cli: Cli): Command {
  return talksToServer(new Command())
    .description("Answers what the agent of a thread asks; without an answer, lists what it asks.")
    .argument("<thread>", "the thread's id", threadId)
    .argument(
      "[answer]",
      "the number, id or name of a choice, or allow or reject; of a question: accept, decline or cancel",
    )
    .option("--request <id>", "which one, when the agent asks several things")
    .option("--content <json>", "what to fill into a question's form, as a JSON object")
    .option("--json", "print what is asked as a JSON array, or the server's answer")
    .addHelpText(
      "after",
      `
Examples:
  skein answer a1B2c3D4e5F6g7H8
  skein answer a1B2c3D4e5F6g7H8 2
  skein answer a1B2c3D4e5F6g7H8 allow
  skein answer a1B2c3D4e5F6g7H8 accept --content '{"name":"Ada"}'

Who answers first, wins; who comes late gets exit code 6 and is told what was
answered.
`,
    )
    .action(async (thread: string, answer: string | undefined, flags: Flags) => {
      const content = flags.content === undefined ? undefined : readContent(flags.content);
      await withServer(cli, flags, async ({ client, blobText }) => {
        const watch = client.watch(topicOf(thread), { window: 1 });
        await watch.ready();
        if (answer === undefined) {
          const pending = pendingIn(watch.replica);
          if (flags.json) cli.screen.json(pending.map(({ kind, id, value }) => ({ kind, id, ...value })));
          else if (pending.length === 0) cli.screen.note("The agent of this thread asks nothing.");
          for (const asked of flags.json ? [] : pending) {
            cli.screen.out((await shown(asked, watch.replica, blobText)).map((line) => `${line}\n`).join(""));
          }
          return;
        }
        const reply = replyTo(await choose(watch, flags.request), answer, content);
        const result = await client.command("thread.answer", { thread, ...reply });
        if (flags.json) cli.screen.json(result);
      });
    });
}

function pendingIn(replica: Replica): Pending[] {
  const asked = (["permission", "question"] as const).flatMap((kind) =>
    [...replica.all(kind)].map(([id, value]) => ({ kind, id, value }) as Pending),
  );
  return asked.filter(({ value }) => value.status === "pending").toSorted((a, b) => a.value.pos - b.value.pos);
}

async function choose(watch: Watch, request: string | undefined): Promise<Pending> {
  const pending = pendingIn(watch.replica);
  if (request !== undefined) return pending.find(({ id }) => id === request) ?? answeredAlready(watch, request);
  const [first, second] = pending;
  if (!first) throw new SkeinError("not_found", "The agent of this thread asks nothing.");
  if (second) {
    const ids = pending.map(({ id }) => id).join(", ");
    throw new UsageError(`The agent asks several things (${ids}). Say which with --request.`);
  }
  return first;
}

/** @throws SkeinError `conflict` with what was answered, or `not_found`. */
async function answeredAlready(watch: Watch, request: string): Promise<never> {
  for (;;) {
    for (const kind of ["permission", "question"]) {
      const ended = watch.replica.get(kind, request);
      if (ended) throw new SkeinError("conflict", `${request} was answered already: ${describe(kind, ended) ?? ""}`);
    }
    if (!watch.replica.hasOlder) break;
    await loadOlder(watch);
  }
  throw new SkeinError("not_found", `The agent of this thread never asked ${request}.`);
}

function replyTo(asked: Pending, answer: string, content: Record<string, unknown> | undefined): Reply {
  if (asked.kind === "question") {
    const action = ACTIONS.find((candidate) => candidate === answer);
    if (!action) throw new UsageError(`"${oneLine(answer)}" answers no question. Give one of: ${ACTIONS.join(", ")}.`);
    return content === undefined ? { question: asked.id, action } : { question: asked.id, action, content };
  }
  const { options } = asked.value;
  const chosen = chosenOption(options, answer);
  if (typeof chosen !== "string") return { permission: asked.id, option: chosen.optionId };
  throw new UsageError([`${chosen} The choices:`, ...optionLines(options)].join("\n"));
}

/** What is asked, with all that a person needs to answer it. */
async function shown(asked: Pending, replica: Replica, load: (blob: string) => Promise<string>): Promise<string[]> {
  if (asked.kind === "permission") {
    const subject = await subjectOf(asked.value, replica, load);
    const { title, options } = asked.value;
    return [
      `${asked.id}  Permission needed: ${oneLine(title)}`,
      ...subject.map((line) => `    ${line}`),
      ...optionLines(options),
    ];
  }
  const { message, url, schema } = asked.value;
  const fields = fieldsOf(schema).map(
    (field) => `  ${oneLine(field.name)}: ${oneLine(field.title)} [${fieldHint(field)}]`,
  );
  return [
    `${asked.id}  The agent asks: ${oneLine(message, 300)}`,
    ...(url === undefined ? [] : [`    ${oneLine(url, 2_000)}`]),
    ...fields,
    `  ${ACTIONS.join(" | ")}${fields.length > 0 ? "; the fields with --content" : ""}`,
  ];
}

function readContent(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Told below, like any other value that is no object.
  }
  throw new UsageError(`--content must be a JSON object, such as '{"name":"Ada"}'.`);
}
