import * as z from "zod";
import { SkeinError, type Json, type JsonObject } from "@skein/client/protocol";
import type { Opened } from "../driver.ts";
import { RequestError, RPC } from "../rpc-peer.ts";

/** ACP's version that this driver speaks: https://agentclientprotocol.com/protocol/v1 */
const ACP_VERSION = 1;

export type Handshake = {
  /** The agent's id of the conversation. */
  id: string;
  opened: Opened;
  /** Whether the agent knows `session/close`. */
  closes: boolean;
};

export type HandshakeOptions = {
  /** @throws RequestError what the agent answered. */
  ask: (method: string, params: JsonObject) => Promise<Json>;
  /** Called before a conversation is loaded, whose updates are then a replay. */
  loading(): void;
  /** Called when the conversation asked for could not be had and a new one is opened instead. */
  lost(reason: string): void;
  client: { name: string; version: string };
  /** Whether it may have files read and written by us. */
  offerFiles: boolean;
  /** Whether it may have commands run by us. */
  offerTerminals: boolean;
  cwd: string;
  resume?: string | undefined;
};

// As ACP's schema has it ("default on error"): what is optional and wrong counts as absent.
const flag = z.boolean().catch(false);
const supported = z
  .custom((value) => value !== undefined && value !== null && value !== false)
  .transform(() => true)
  .catch(false);
const name = z.string().optional().catch(undefined);
const authMethod = z.looseObject({ id: z.string(), name, description: name });
const initialized = z.looseObject({
  protocolVersion: z.number(),
  agentCapabilities: z
    .looseObject({
      loadSession: flag,
      promptCapabilities: z
        .looseObject({ image: flag, audio: flag, embeddedContext: flag })
        .catch({ image: false, audio: false, embeddedContext: false }),
      sessionCapabilities: z
        .looseObject({ resume: supported, close: supported })
        .catch({ resume: false, close: false }),
    })
    .catch({
      loadSession: false,
      promptCapabilities: { image: false, audio: false, embeddedContext: false },
      sessionCapabilities: { resume: false, close: false },
    }),
  authMethods: z.array(authMethod).catch([]),
  agentInfo: z.looseObject({ name, version: name }).optional().catch(undefined),
});
type Initialized = z.infer<typeof initialized>;

const begun = z.looseObject({
  modes: z
    .looseObject({
      currentModeId: z.string(),
      availableModes: z.array(z.looseObject({ id: z.string(), name: z.string(), description: z.string().nullish() })),
    })
    .nullish()
    .catch(null),
  configOptions: z
    .array(z.looseObject({ id: z.string() }))
    .nullish()
    .catch(null),
});
const created = begun.extend({ sessionId: z.string().min(1) });

/**
 * `initialize`, then the conversation: resumed, loaded or new.
 * @throws SkeinError `agent` when the agent refuses, needs a login, or answers what is no answer.
 */
export async function handshake(options: HandshakeOptions): Promise<Handshake> {
  const answer = await options
    .ask("initialize", {
      protocolVersion: ACP_VERSION,
      clientCapabilities: {
        fs: { readTextFile: options.offerFiles, writeTextFile: options.offerFiles },
        terminal: options.offerTerminals,
        session: { compaction: {}, notices: {}, configOptions: { boolean: {} } },
        elicitation: { form: {}, url: {} },
      },
      clientInfo: options.client,
    })
    .catch((error: unknown) => refuse("initialize", error, []));
  const agent = understand("initialize", initialized, answer);
  if (agent.protocolVersion !== ACP_VERSION) {
    throw new SkeinError(
      "agent",
      `The agent speaks version ${agent.protocolVersion} of ACP, Skein speaks ${ACP_VERSION}.`,
    );
  }
  return (await goOn(options, agent)) ?? (await begin(options, agent));
}

/** Goes on with the conversation asked for: resumed, which has no replay, rather than loaded. `null` when it cannot be had. */
async function goOn(options: HandshakeOptions, agent: Initialized): Promise<Handshake | null> {
  const { resume, cwd, ask } = options;
  if (resume === undefined) return null;
  const methods = [
    ...(agent.agentCapabilities.sessionCapabilities.resume ? ["session/resume"] : []),
    ...(agent.agentCapabilities.loadSession ? ["session/load"] : []),
  ];
  let reason = "it cannot go on with one that has ended";
  for (const method of methods) {
    if (method === "session/load") options.loading();
    try {
      const answer = await ask(method, { sessionId: resume, cwd, mcpServers: [] });
      return { ...describe(agent, understand(method, begun, answer ?? {}), true), id: resume };
    } catch (error) {
      if (!(error instanceof RequestError) || error.code === RPC.authRequired)
        return refuse(method, error, agent.authMethods);
      reason = tellError(error);
    }
  }
  options.lost(reason);
  return null;
}

async function begin({ ask, cwd }: HandshakeOptions, agent: Initialized): Promise<Handshake> {
  const method = "session/new";
  const answer = await ask(method, { cwd, mcpServers: [] }).catch((error: unknown) =>
    refuse(method, error, agent.authMethods),
  );
  const session = understand(method, created, answer);
  return { ...describe(agent, session, false), id: session.sessionId };
}

function describe(agent: Initialized, session: z.infer<typeof begun>, resumed: boolean): Omit<Handshake, "id"> {
  const { loadSession, sessionCapabilities, promptCapabilities } = agent.agentCapabilities;
  const { modes, configOptions } = session;
  const opened: Opened = {
    accepts: {
      image: promptCapabilities.image,
      audio: promptCapabilities.audio,
      resource: promptCapabilities.embeddedContext,
    },
    canResume: loadSession || sessionCapabilities.resume,
    resumed,
  };
  if (modes) {
    opened.mode = modes.currentModeId;
    opened.modes = modes.availableModes.map((mode) => ({
      id: mode.id,
      name: mode.name,
      ...(mode.description === undefined ? {} : { description: mode.description }),
    }));
  }
  if (configOptions) opened.config = configOptions as JsonObject[];
  if (agent.agentInfo) {
    const { name, version } = agent.agentInfo;
    opened.agent = { ...(name === undefined ? {} : { name }), ...(version === undefined ? {} : { version }) };
  }
  return { opened, closes: sessionCapabilities.close };
}

function understand<Schema extends z.ZodType>(method: string, schema: Schema, answer: Json): z.infer<Schema> {
  const read = schema.safeParse(answer);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const path = ["result", ...(issue?.path ?? [])].join(".");
  throw new SkeinError(
    "agent",
    `The agent's answer to ${method} is none: ${path}: ${issue?.message ?? "wrong value"}.`,
    {
      detail: { method, answer },
    },
  );
}

function refuse(method: string, error: unknown, authMethods: z.infer<typeof authMethod>[]): never {
  if (!(error instanceof RequestError)) throw error;
  if (error.code !== RPC.authRequired) {
    throw new SkeinError("agent", `The agent refused ${method}: ${tellError(error)}`, {
      detail: { method, code: error.code, data: error.data ?? null },
      cause: error,
    });
  }
  const ways = authMethods.map((way) => `${way.name ?? way.id}${way.description ? ` (${way.description})` : ""}`);
  const how = ways.length > 0 ? ` It offers: ${ways.join("; ")}.` : "";
  throw new SkeinError(
    "agent",
    `The agent needs a login: sign in with its own program in a terminal, or give it its API key, then try again.${how}`,
    { detail: { authMethods, reason: error.message }, cause: error },
  );
}

/** An agent's error in words: its message, and the details many put into `data`. */
export function tellError(error: RequestError): string {
  const { data } = error;
  const details = typeof data === "object" && data !== null && !Array.isArray(data) ? data["details"] : data;
  if (typeof details !== "string" || details === "" || details === error.message) return error.message;
  return `${error.message}${/[.!?:…]$/.test(error.message) ? "" : ":"} ${details}`;
}
