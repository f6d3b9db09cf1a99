import { randomUUID } from "node:crypto";
import { Writable } from "node:stream";
import {
  agent,
  methods,
  ndJsonStream,
  PROTOCOL_VERSION,
  RequestError,
  type AgentApp,
  type AgentContext,
  type ClientCapabilities,
  type ContentBlock,
  type SessionConfigOption,
  type SessionModeState,
} from "@agentclientprotocol/sdk";
import { Memory, type Conversation } from "./memory.ts";
import { play, SCENES } from "./scenes.ts";
import { Cancelled, Stage } from "./stage.ts";

/** Milliseconds between two chunks unless `SKEIN_DEMO_DELAY_MS` says otherwise: about as fast as a model. */
const DELAY_MS = 15;
const CONTEXT_TOKENS = 100_000;

/**
 * An agent without a model, for a first look at Skein and for tests: speaks ACP (protocol version 1) on its stdio and
 * answers from a script, the same for the same prompt. Ends when its stdin ends.
 */
export async function runDemoAgent(env: Readonly<Record<string, string | undefined>>, version: string): Promise<void> {
  const delay = Number(env["SKEIN_DEMO_DELAY_MS"] ?? DELAY_MS);
  const app = demoAgent({
    memory: new Memory(Memory.directory(env)),
    delayMs: Number.isFinite(delay) && delay >= 0 ? delay : DELAY_MS,
    version,
  });
  const output = Writable.toWeb(process.stdout) as WritableStream<Uint8Array>;
  await app.connect(ndJsonStream(output, Bun.stdin.stream())).closed;
}

function demoAgent(options: { memory: Memory; delayMs: number; version: string }): AgentApp {
  const { memory, delayMs, version } = options;
  const open = new Map<string, { conversation: Conversation; running: AbortController | null }>();
  let capabilities: ClientCapabilities = {};

  function opened(sessionId: string): { conversation: Conversation; running: AbortController | null } {
    const session = open.get(sessionId);
    if (!session) throw RequestError.sessionNotFound(sessionId);
    return session;
  }

  async function reopen(sessionId: string, cwd: string): Promise<Conversation> {
    const conversation = await memory.load(sessionId);
    if (!conversation) throw RequestError.sessionNotFound(sessionId);
    conversation.cwd = cwd;
    open.set(sessionId, { conversation, running: null });
    return conversation;
  }

  return agent({ name: "skein-demo-agent" })
    .onRequest(methods.agent.initialize, ({ params }) => {
      capabilities = params.clientCapabilities ?? {};
      return {
        protocolVersion: PROTOCOL_VERSION,
        agentInfo: { name: "skein-demo-agent", title: "Demo agent (scripted, no model)", version },
        agentCapabilities: {
          loadSession: true,
          promptCapabilities: { image: true, audio: false, embeddedContext: true },
          sessionCapabilities: { resume: {} },
        },
        authMethods: [],
      };
    })
    .onRequest(methods.agent.session.new, async ({ params, client }) => {
      const conversation: Conversation = {
        id: `demo-${randomUUID()}`,
        cwd: params.cwd,
        mode: "ask",
        verbosity: "full",
        title: null,
        exchanges: [],
      };
      await memory.save(conversation);
      open.set(conversation.id, { conversation, running: null });
      announceCommands(client, conversation.id);
      return { sessionId: conversation.id, ...settings(conversation) };
    })
    .onRequest(methods.agent.session.load, async ({ params, client }) => {
      const conversation = await reopen(params.sessionId, params.cwd);
      for (const { prompt, answer } of conversation.exchanges) {
        const tell = (sessionUpdate: "user_message_chunk" | "agent_message_chunk", text: string): Promise<void> =>
          client.notify(methods.client.session.update, {
            sessionId: conversation.id,
            update: { sessionUpdate, content: { type: "text", text } },
          });
        await tell("user_message_chunk", prompt);
        await tell("agent_message_chunk", answer);
      }
      announceCommands(client, conversation.id);
      return settings(conversation);
    })
    .onRequest(methods.agent.session.resume, async ({ params, client }) => {
      const conversation = await reopen(params.sessionId, params.cwd);
      announceCommands(client, conversation.id);
      return settings(conversation);
    })
    .onRequest(methods.agent.session.setMode, async ({ params }) => {
      const { conversation } = opened(params.sessionId);
      if (params.modeId !== "ask" && params.modeId !== "auto") {
        throw RequestError.invalidParams({ modeId: params.modeId }, "the modes are ask and auto");
      }
      conversation.mode = params.modeId;
      await memory.save(conversation);
      return {};
    })
    .onRequest(methods.agent.session.setConfigOption, async ({ params }) => {
      const { conversation } = opened(params.sessionId);
      if (params.configId !== "verbosity" || (params.value !== "brief" && params.value !== "full")) {
        throw RequestError.invalidParams({ configId: params.configId }, "the only option is verbosity: brief or full");
      }
      conversation.verbosity = params.value;
      await memory.save(conversation);
      return { configOptions: configOptions(conversation) };
    })
    .onRequest(methods.agent.session.prompt, async ({ params, client }) => {
      const session = opened(params.sessionId);
      if (session.running) throw RequestError.invalidRequest(undefined, "the demo agent takes one prompt at a time");
      const running = new AbortController();
      session.running = running;
      const { conversation } = session;
      const prompt = textOf(params.prompt);
      const stage = new Stage({ client, conversation, capabilities, prompt, signal: running.signal, delayMs });
      try {
        if (conversation.title === null) {
          conversation.title = `Demo: ${prompt.trim().split("\n")[0]?.slice(0, 60) ?? ""}`;
          await stage.update({ sessionUpdate: "session_info_update", title: conversation.title });
        }
        const stopReason = await play(stage);
        await stage.update({ sessionUpdate: "usage_update", ...usageAfter(stage) });
        return { stopReason };
      } catch (error) {
        if (error instanceof Cancelled) return { stopReason: "cancelled" };
        throw error;
      } finally {
        conversation.exchanges.push({ prompt, answer: stage.said });
        await memory.save(conversation);
        session.running = null;
      }
    })
    .onNotification(methods.agent.session.cancel, ({ params }) => {
      open.get(params.sessionId)?.running?.abort();
    });
}

function settings(conversation: Conversation): { modes: SessionModeState; configOptions: SessionConfigOption[] } {
  return {
    modes: {
      currentModeId: conversation.mode,
      availableModes: [
        { id: "ask", name: "Ask", description: "Asks before it changes or runs anything" },
        { id: "auto", name: "Auto", description: "Asks nothing" },
      ],
    },
    configOptions: configOptions(conversation),
  };
}

function configOptions(conversation: Conversation): SessionConfigOption[] {
  return [
    {
      id: "verbosity",
      name: "Verbosity",
      type: "select",
      currentValue: conversation.verbosity,
      options: [
        { value: "brief", name: "Brief" },
        { value: "full", name: "Full" },
      ],
    },
  ];
}

/** Tells the slash commands once the answer that opens the session is on its way: before it, no client knows its id. */
function announceCommands(client: AgentContext, sessionId: string): void {
  setTimeout(() => {
    const availableCommands = SCENES.map(({ name, description, hint }) =>
      hint === undefined ? { name, description } : { name, description, input: { hint } },
    );
    client
      .notify(methods.client.session.update, {
        sessionId,
        update: { sessionUpdate: "available_commands_update", availableCommands },
      })
      .catch((error: unknown) => console.error("Could not announce the commands:", error));
  }, 0);
}

/** What was said, counted as if four characters were one token; a demo costs nothing. */
function usageAfter(stage: Stage): { used: number; size: number; cost: { amount: number; currency: string } } {
  const before = stage.conversation.exchanges.reduce(
    (sum, { prompt, answer }) => sum + prompt.length + answer.length,
    0,
  );
  const used = Math.ceil((before + stage.prompt.length + stage.said.length) / 4);
  return { used: Math.min(used, CONTEXT_TOKENS), size: CONTEXT_TOKENS, cost: { amount: 0, currency: "USD" } };
}

function textOf(blocks: readonly ContentBlock[]): string {
  return blocks.map((block) => (block.type === "text" ? block.text : `[${block.type}]`)).join("\n");
}
