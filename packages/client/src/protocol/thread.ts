import * as z from "zod";
import { json, jsonObject } from "./json.ts";

/**
 * The entities of a `thread:<id>` topic. Unknown members are kept. Times are milliseconds since 1970.
 * Every entity with a number `pos` is an item of the timeline, in the order of `pos`.
 */

const time = z.number();

/** What the agent says of it that this version does not know, under the agent's names and bounded. */
const unknown = {
  unknown: jsonObject
    .optional()
    .describe(
      "What the agent says of it that this version of the server does not know, under the agent's names; bounded.",
    ),
};

const media = { blob: z.string(), mimeType: z.string(), name: z.string().optional(), ...unknown };

/** What an agent, a blob or a person puts into a message besides text; the vocabulary is ACP's content blocks. */
export const block = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("text"), text: z.string(), ...unknown }),
  /** An image kept as a blob: `GET /v1/blobs/<blob>`. */
  z.looseObject({ type: z.literal("image"), ...media }),
  z.looseObject({ type: z.literal("audio"), ...media }),
  /** A file kept as a blob. */
  z.looseObject({
    type: z.literal("file"),
    blob: z.string(),
    mimeType: z.string(),
    name: z.string(),
    uri: z.string().optional(),
    ...unknown,
  }),
  /** A file or page named, not included. */
  z.looseObject({ type: z.literal("link"), uri: z.string(), name: z.string().optional(), ...unknown }),
  /** Text of a file, included. */
  z.looseObject({
    type: z.literal("resource"),
    uri: z.string(),
    text: z.string(),
    mimeType: z.string().optional(),
    ...unknown,
  }),
  /** A content block this version does not know, as it came. */
  z.looseObject({ type: z.literal("unknown"), value: json }),
]);
/** One piece of a message or prompt besides its text: an image, sound or file, by the name of its blob; a link; text. */
export type Block = z.infer<typeof block>;

/** How much of the context window is used, in tokens, and what it cost so far. */
export const usage = z.looseObject({
  used: z.number().optional(),
  size: z.number().optional(),
  cost: z.looseObject({ amount: z.number(), currency: z.string() }).optional(),
});

export const THREAD_STATUSES = ["idle", "queued", "running", "waiting", "interrupted", "archived"] as const;

export const THREAD_STATUS_MEANS =
  "idle: no turn runs or waits. queued: a turn is about to start. running: a turn runs. waiting: the agent waits for a " +
  "person's answer. interrupted: the server or agent died; the next prompt or thread.resume continues. archived: takes no prompt.";
export const OUTCOME_MEANS = "How the last turn that ended did; absent before the first.";

/** How a turn can end. */
export const OUTCOMES = ["done", "cancelled", "failed", "interrupted"] as const;

/** What an agent lets one choose in a conversation, and give it. */
const choices = {
  mode: z.string().optional(),
  modes: z.array(z.looseObject({ id: z.string(), name: z.string(), description: z.string().nullish() })).optional(),
  /** ACP's session config options, as they came. */
  config: z.array(jsonObject).optional(),
  /** What a prompt to this agent may carry. */
  accepts: z.looseObject({ image: z.boolean(), audio: z.boolean(), resource: z.boolean() }).optional(),
};

/** An agent's slash commands: at most 256, descriptions at most 200 characters. */
const commands = z
  .array(z.looseObject({ name: z.string(), description: z.string().optional(), hint: z.string().optional() }))
  .optional();

/**
 * What an agent offered in the conversation that was begun with it last: the values are those it has by itself. Its
 * commands are those it told last, in any conversation.
 */
export const agentOffers = z.looseObject({ ...choices, commands });
/** What an agent offers: see `agentOffers`. */
export type AgentOffers = z.infer<typeof agentOffers>;

export const threadEntity = z.looseObject({
  title: z.string(),
  /** Who named it last; an agent's title never replaces a person's. */
  titledBy: z.enum(["prompt", "agent", "person"]).optional(),
  /** Name of a known agent, or of the program in `exec`. */
  agent: z.string(),
  /** The agent's own command, when it is none of the known ones. */
  exec: z.looseObject({ command: z.string(), args: z.array(z.string()) }).optional(),
  /** Absolute path of the working directory. */
  cwd: z.string(),
  board: z.string(),
  status: z.enum(THREAD_STATUSES).describe(THREAD_STATUS_MEANS),
  outcome: z.enum(OUTCOMES).optional().describe(OUTCOME_MEANS),
  /** As many agents run as may at once: this thread's starts when another one ends. */
  waitsForAgent: z.boolean().optional(),
  /** Turns wait, and none of them starts before `thread.resume` or another prompt (P66). */
  held: z.boolean().optional(),
  /** The agent's own id for the conversation; ours never changes, this may. */
  session: z.string().optional(),
  ...choices,
  commands,
  usage: usage.optional(),
  parent: z.looseObject({ thread: z.string(), pos: z.number() }).optional(),
  createdAt: time,
  updatedAt: time,
});
/** A conversation with an agent: the one entity of its topic that is no item, under the thread's id (P50). */
export type ThreadEntity = z.infer<typeof threadEntity>;

export const TURN_STATUSES = ["queued", "running", ...OUTCOMES] as const;

export const turnEntity = z.looseObject({
  /** From the moment it starts; a queued turn has no place yet. */
  pos: z.number().optional(),
  /** The prompt while it is queued; from the start on it stands in the turn's `user` message. */
  prompt: z.looseObject({ text: z.string(), blocks: z.array(block) }).optional(),
  order: z
    .number()
    .optional()
    .describe(
      "While it is queued: the turn with the lowest order is next. Where it is absent, the number in the id counts.",
    ),
  /** The key of the command that asked for it, by which its sender knows it again. */
  key: z.string().optional(),
  by: z.string(),
  status: z
    .enum(TURN_STATUSES)
    .describe("queued and running turns go on; done, cancelled, failed and interrupted are ends, and never change."),
  /** ACP: end_turn, max_tokens, max_turn_requests, refusal, cancelled. */
  stopReason: z.string().optional(),
  usage: jsonObject.optional(),
  createdAt: time,
  startedAt: time.optional(),
  endedAt: time.optional(),
  error: z.looseObject({ message: z.string(), detail: z.unknown().optional() }).optional(),
});
/** One prompt and what the agent makes of it, from the queue to its end. An item once it has begun (P40). */
export type TurnEntity = z.infer<typeof turnEntity>;

const item = { turn: z.string().optional(), pos: z.number() };

export const messageEntity = z.looseObject({
  ...item,
  role: z.enum(["user", "assistant", "thought"]),
  by: z.string().optional(),
  text: z.string(),
  /** What stands in the message besides its text, each with the offset in `text`, in UTF-16 units, where it came. */
  blocks: z.array(z.looseObject({ at: z.number(), block })).optional(),
  status: z
    .enum(["streaming", "complete", "interrupted"])
    .describe(
      "streaming: the text grows by append. complete: it is whole. interrupted: the agent or server died before its end.",
    ),
  /** The agent's own id of the message, if it gave one. */
  messageId: z.string().optional(),
  /** What came with the chunks of its text stands here too: of each name what was said last. */
  ...unknown,
  startedAt: time,
  endedAt: time.optional(),
});
/** What was said: a prompt, an answer or a thought. Its text grows while it is `streaming` (P53). */
export type MessageEntity = z.infer<typeof messageEntity>;

const kept = { blob: z.string(), bytes: z.number() };

export const toolContent = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("block"), block, ...unknown }),
  z.looseObject({
    type: z.literal("diff"),
    path: z.string(),
    oldText: z.string().nullish(),
    newText: z.string(),
    ...unknown,
  }),
  /** A `terminal` entity of the same thread. */
  z.looseObject({ type: z.literal("terminal"), terminal: z.string(), ...unknown }),
  /** What was too large to be kept here: `bytes` of it in a blob. */
  z.looseObject({
    type: z.literal("blob"),
    ...kept,
    mimeType: z.string().optional(),
    /** Where the blob is a file's new text: the file, its text before (`null`: there was none), and lines counted. */
    diff: z
      .looseObject({ path: z.string(), old: z.looseObject(kept).nullable(), added: z.number(), removed: z.number() })
      .optional(),
    /** Where the blob is a whole diff as JSON, as earlier servers kept it: the file. */
    path: z.string().optional(),
    ...unknown,
  }),
  z.looseObject({ type: z.literal("unknown"), value: json }),
]);
/** One piece of what a tool call shows: a block, a diff, a terminal, or what was too large to stand here. */
export type ToolContent = z.infer<typeof toolContent>;

export const toolEntity = z.looseObject({
  ...item,
  /** The agent's own id of the call. */
  toolCallId: z.string(),
  name: z.string().optional(),
  title: z.string(),
  /** ACP: read edit delete move search execute think fetch switch_mode other. */
  kind: z.string(),
  status: z
    .enum(["pending", "in_progress", "completed", "failed", "interrupted"])
    .describe("ACP's four; interrupted when the turn ended before the call did. The last three are ends."),
  input: json.optional(),
  output: json.optional(),
  content: z.array(toolContent),
  live: z
    .string()
    .optional()
    .describe(
      "Text that follows the last text block of content. It grows by append, and moves into content at the end.",
    ),
  locations: z.array(z.looseObject({ path: z.string(), line: z.number().nullish(), ...unknown })),
  parent: z.string().optional(),
  /** A `status` that is not known stands here too. */
  ...unknown,
  startedAt: time,
  endedAt: time.optional(),
});
/** A tool call of an agent, and how far it is. */
export type ToolEntity = z.infer<typeof toolEntity>;

export const planEntity = z.looseObject({
  ...item,
  entries: z.array(
    z.looseObject({
      content: z.string(),
      status: z.string().describe("ACP: pending, in_progress or completed."),
      priority: z.string().optional(),
      ...unknown,
    }),
  ),
});
/** An agent's plan in its last state. */
export type PlanEntity = z.infer<typeof planEntity>;

const REQUEST_STATUS_MEANS =
  "pending: waits for a person. answered: somebody answered. cancelled: the agent withdrew it, or its turn ended.";

export const permissionEntity = z.looseObject({
  ...item,
  /** The `tool` entity it is about. */
  tool: z.string().optional(),
  title: z.string(),
  options: z.array(z.looseObject({ optionId: z.string(), name: z.string(), kind: z.string() })),
  status: z.enum(["pending", "answered", "cancelled"]).describe(REQUEST_STATUS_MEANS),
  /** The chosen option's `optionId`. */
  answer: z.string().optional(),
  by: z.string().optional(),
  askedAt: time,
  answeredAt: time.optional(),
});
/** An agent asks whether it may do something; answered with `thread.answer` (P67). */
export type PermissionEntity = z.infer<typeof permissionEntity>;

/** ACP elicitation: the agent asks for data in the shape of a flat JSON Schema, or to visit a URL. */
export const questionEntity = z.looseObject({
  ...item,
  message: z.string(),
  mode: z.enum(["form", "url"]),
  schema: jsonObject.optional(),
  url: z.string().optional(),
  status: z.enum(["pending", "answered", "cancelled"]).describe(REQUEST_STATUS_MEANS),
  /** accept (with `content`), decline or cancel. */
  action: z.string().optional(),
  content: jsonObject.optional(),
  by: z.string().optional(),
  askedAt: time,
  answeredAt: time.optional(),
});
/** An agent asks for data or to visit a page; answered with `thread.answer` (P67). */
export type QuestionEntity = z.infer<typeof questionEntity>;

export const terminalEntity = z.looseObject({
  ...item,
  command: z.string(),
  args: z.array(z.string()),
  cwd: z.string(),
  /** The output's text; the first part is left out when it outgrew the bound, see `omitted`. */
  output: z.string(),
  /** UTF-16 units left out at the start of `output`. */
  omitted: z.number().optional(),
  status: z
    .enum(["running", "exited", "interrupted"])
    .describe("interrupted: the server or agent died, and how the process ended is not known."),
  /** What is not known is absent: a merge patch cannot say `null`. */
  exit: z.looseObject({ code: z.number().nullish(), signal: z.string().nullish() }).optional(),
  startedAt: time,
  endedAt: time.optional(),
});
/** A process that an agent had started, and its output (P53). */
export type TerminalEntity = z.infer<typeof terminalEntity>;

export const noticeEntity = z.looseObject({
  ...item,
  level: z.enum(["info", "warning", "error"]),
  text: z.string(),
  /** How often it was told in its turn; once where it is absent. */
  count: z.number().optional(),
  /** What was not understood, as it came (at most 16 KiB of it; the raw line has the whole). */
  detail: json.optional(),
  at: time,
});
/** Something that Skein tells about the conversation: what was not understood, refused or ended. */
export type NoticeEntity = z.infer<typeof noticeEntity>;

/** Every kind of entity a thread's topic has, with its schema. */
export const THREAD_ENTITIES = {
  thread: threadEntity,
  turn: turnEntity,
  message: messageEntity,
  tool: toolEntity,
  plan: planEntity,
  permission: permissionEntity,
  question: questionEntity,
  terminal: terminalEntity,
  notice: noticeEntity,
} as const;
