import * as z from "zod";
import { commit } from "./changes.ts";
import { block } from "./thread.ts";
import { TOKEN_METHODS } from "./tokens.ts";
import { id, topic } from "./topics.ts";

/** Made by the client, the same at every repeat: a command with a known key is answered from the stored answer. */
const key = z.string().min(8).max(128);
const answer = z.looseObject({ topic, seq: z.int() });
const absolutePath = z.string().min(1).max(4096);

/** Requests that change something. */
export const COMMANDS = {
  "thread.create": {
    params: z.looseObject({
      key,
      board: id.optional(),
      /** A known agent's name; or `exec` names a program that speaks ACP on its stdio. */
      agent: z.string().min(1).max(64).optional(),
      exec: z
        .looseObject({ command: z.string().min(1).max(4096), args: z.array(z.string().max(65_536)).max(256) })
        .optional(),
      cwd: absolutePath,
      title: z.string().max(200).optional(),
    }),
    result: answer.extend({ thread: id }),
  },
  "thread.prompt": {
    params: z.looseObject({
      key,
      thread: id,
      text: z.string(),
      blocks: z.array(block).max(64).optional(),
      /** `queue`: after what is already queued. `now`: stop the running turn and be the next. */
      when: z.enum(["queue", "now"]).default("queue"),
    }),
    result: answer.extend({ turn: id }),
  },
  /** Stops a turn. Where it does not run, nothing happens: the answer says so with `turn: null`. */
  "thread.cancel": {
    params: z.looseObject({
      key,
      thread: id,
      /** The turn to stop. Absent: whichever runs when the command comes. */
      turn: id.optional(),
      /** `hold`: the turns that wait then wait for `thread.resume`. `continue`: the next one starts. */
      queue: z.enum(["hold", "continue"]).default("hold"),
    }),
    result: answer.extend({ turn: id.nullable() }),
  },
  /** Takes a turn that has not started out of the queue. */
  "thread.unqueue": { params: z.looseObject({ key, thread: id, turn: id }), result: answer },
  /** Changes a turn that has not started: its text, what it carries, or its place; what is absent stays as it is. */
  "thread.requeue": {
    params: z.looseObject({
      key,
      thread: id,
      turn: id,
      text: z.string().optional(),
      blocks: z.array(block).max(64).optional(),
      /** The turn it is to stand before; `null`: after all others. */
      before: id.nullable().optional(),
    }),
    result: answer,
  },
  "thread.mode": { params: z.looseObject({ key, thread: id, mode: z.string().max(256) }), result: answer },
  "thread.config": {
    params: z.looseObject({ key, thread: id, option: z.string().max(256), value: z.union([z.string(), z.boolean()]) }),
    result: answer,
  },
  "thread.rename": { params: z.looseObject({ key, thread: id, title: z.string().min(1).max(200) }), result: answer },
  /** Archives a thread, which stops its turn and ends its agent; or takes it out of the archive. */
  "thread.archive": {
    params: z.looseObject({ key, thread: id, archived: z.boolean().default(true) }),
    /** `turn`: the turn that it stops, `null` for none. `queued`: how many turns then wait for `thread.resume`. */
    result: answer.extend({ turn: id.nullable().optional(), queued: z.int().optional() }),
  },
  /** Continues: lets the turns that are held go on, and starts the thread's agent where none runs. */
  "thread.resume": { params: z.looseObject({ key, thread: id }), result: answer },
  /** Answers a permission request or a question. Who comes late gets `conflict`, with what was answered and by whom. */
  "thread.answer": {
    params: z.union([
      z.looseObject({ key, thread: id, permission: id, option: z.string().max(256) }),
      z.looseObject({
        key,
        thread: id,
        question: id,
        action: z.enum(["accept", "decline", "cancel"]),
        content: z.record(z.string(), z.unknown()).optional(),
      }),
    ]),
    result: answer,
  },
} as const;

const card = z.looseObject({ thread: id, title: z.string(), status: z.string(), updatedAt: z.number() });

/** How long a text to search for may be, in UTF-16 units. */
export const MAX_SEARCH_UNITS = 1000;

/** Requests without a key: they only look, or a repeat of them has no further effect. */
export const QUERIES = {
  ...TOKEN_METHODS,
  search: {
    params: z.looseObject({
      text: z.string().min(1).max(MAX_SEARCH_UNITS),
      board: id.optional(),
      limit: z.int().min(1).max(100).default(20),
      /** The `next` of the page before. */
      before: z.string().max(128).optional(),
    }),
    result: z.looseObject({
      hits: z.array(
        z.looseObject({
          topic,
          kind: z.string(),
          id: z.string(),
          pos: z.number().nullable(),
          /** The text around the hit, the hit between U+0002 and U+0003. */
          snippet: z.string(),
          ts: z.number(),
        }),
      ),
      next: z.string().nullable(),
    }),
  },
  /** The present state of a topic, as a subscription without a position begins: to read a thread without a socket. */
  snapshot: {
    params: z.looseObject({ topic, window: z.int().min(1).max(1000).optional() }),
    result: commit,
  },
  "threads.list": {
    params: z.looseObject({
      board: id.optional(),
      archived: z.boolean().default(false),
      limit: z.int().min(1).max(1000).default(100),
    }),
    result: z.looseObject({ threads: z.array(card) }),
  },
  "agents.list": {
    params: z.looseObject({}),
    result: z.looseObject({ agents: z.array(z.looseObject({ name: z.string(), found: z.boolean() })) }),
  },
  /** Directories on the server whose path begins with `prefix`: for a person who types one. */
  "directories.list": {
    params: z.looseObject({
      /** An absolute path, or one that begins with `~`; what stands after the last `/` is the start of a name. */
      prefix: z.string().max(4096),
    }),
    result: z.looseObject({
      /** The prefix as an absolute path, without a `/` at its end. */
      path: z.string(),
      /** Whether that is a directory itself. */
      exists: z.boolean(),
      /** Absolute paths in the order of their names; hidden ones only when the name begins with a dot. */
      directories: z.array(z.string()),
      /** Whether there are more than these. */
      more: z.boolean(),
      home: z.string(),
    }),
  },
  /** Files below a directory whose path holds a text: for a person who names one in a prompt. */
  "files.find": {
    params: z.union([
      /** Below the thread's directory. */
      z.looseObject({ thread: id, text: z.string().max(1024) }),
      /** An absolute path, or one that begins with `~`: for a thread that is not there yet. */
      z.looseObject({ directory: absolutePath, text: z.string().max(1024) }),
    ]),
    result: z.looseObject({
      /** Paths below the directory, the best match first. */
      files: z.array(z.string()),
      /** Whether there may be more than these: more match, or not every directory was looked into. */
      more: z.boolean(),
    }),
  },
  echo: {
    params: z.looseObject({ value: z.unknown().optional() }),
    result: z.looseObject({ value: z.unknown().optional() }),
  },
} as const;
