import { afterEach } from "bun:test";
import { scriptedAgent, type Script, type Step } from "../../../../../test/support/scripted-agent.ts";
import { WatchedAgent, type WatchOptions } from "./watched-agent.ts";

/** Opens scripted agents, each in a directory of its own, and removes them after each test of the file. */
export function useScriptedAgents() {
  const watched: WatchedAgent[] = [];
  afterEach(async () => {
    for (const each of watched.splice(0)) await each.remove();
  });
  /** One that is not started yet. */
  const prepare = async (): Promise<WatchedAgent> => {
    const agent = await WatchedAgent.prepare();
    watched.push(agent);
    return agent;
  };
  const open = async (script: Script = {}, options: WatchOptions = {}): Promise<WatchedAgent> => {
    const agent = await prepare();
    await agent.start(scriptedAgent(script), options);
    return agent;
  };
  return { prepare, open };
}

export const permissionOptions = [
  { optionId: "yes", name: "Yes", kind: "allow_once" },
  { optionId: "no", name: "No", kind: "reject_once" },
];

export const askPermission = {
  ask: "session/request_permission",
  params: { toolCall: { toolCallId: "t1", title: "Edit", extra: [1] }, options: permissionOptions },
} satisfies Step;

export const askQuestion = {
  ask: "elicitation/create",
  params: {
    mode: "form",
    message: "Which?",
    requestedSchema: { type: "object", properties: { name: { type: "string" } } },
  },
} satisfies Step;
