import { stat } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { boardTopic, SkeinError, threadTopic, type CheckedParams } from "@skein/client/protocol";
import type { Write } from "../store/contract.ts";
import type { Drivers } from "./drivers.ts";
import { programName } from "./program-name.ts";
import type { Asker } from "./thread-log.ts";
import { newCard } from "./writer/card.ts";
import { newThread } from "./writer/lifecycle.ts";

/**
 * What makes a new thread, once it is sure that its agent can be found and its directory is there.
 * @throws SkeinError `invalid`, `not_found` or `agent`, saying what to do about it.
 */
export async function creation(
  drivers: Drivers,
  asker: Asker,
  params: CheckedParams<"thread.create"> & { board: string },
  id: string,
  now: number,
): Promise<Write> {
  const { agent, exec } = agentOf(params);
  const cwd = await directory(params.cwd);
  await drivers.find({ agent, exec, cwd });
  const { board } = params;
  const thread = newThread({ title: params.title, agent, exec, cwd, board, now });
  const topic = threadTopic(id);
  return {
    changes: [
      { topic, changes: [{ op: "put", kind: "thread", id, value: thread }] },
      {
        topic: boardTopic(board),
        changes: [{ op: "put", kind: "card", id, value: newCard(id, thread, asker.user) }],
      },
    ],
    command: { ...asker, topic, answer: { thread: id } },
  };
}

function agentOf(params: CheckedParams<"thread.create">): {
  agent: string;
  exec?: { command: string; args: string[] };
} {
  const { agent, exec } = params;
  if ((agent === undefined) === (exec === undefined)) {
    throw new SkeinError("invalid", "Name either an agent or a program to execute.", { path: "params.agent" });
  }
  if (exec === undefined) return { agent: agent ?? "" };
  return { agent: programName(exec), exec: { command: exec.command, args: exec.args } };
}

async function directory(path: string): Promise<string> {
  if (!isAbsolute(path)) {
    throw new SkeinError("invalid", `The working directory must be an absolute path, not ${path}.`, {
      path: "params.cwd",
    });
  }
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isDirectory()) {
    throw new SkeinError("invalid", `There is no directory ${path} on the server.`, { path: "params.cwd" });
  }
  return resolve(path);
}
