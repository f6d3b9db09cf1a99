import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { methods, RequestError, type ToolCallContent } from "@agentclientprotocol/sdk";
import { Cancelled, type Stage } from "./stage.ts";

/** The file the demo writes to, in the thread's working directory. */
export const DEMO_FILE = "skein-demo.md";

/** Adds a line to the demo's file, with leave and a diff. Returns whether it was done. */
export async function editFile(stage: Stage, line: string): Promise<boolean> {
  const path = join(stage.conversation.cwd, DEMO_FILE);
  const oldText = await readText(stage, path);
  const newText = `${oldText ?? "# Written by Skein's demo agent\n\n"}- ${line}\n`;
  const toolCallId = stage.newCall();
  const content: ToolCallContent[] = [{ type: "diff", path, oldText, newText }];
  const title = `Edit ${DEMO_FILE}`;
  await stage.update({
    sessionUpdate: "tool_call",
    toolCallId,
    title,
    kind: "edit",
    status: "pending",
    content,
    locations: [{ path }],
    rawInput: { path, line },
  });
  return finishing(stage, toolCallId, async () => {
    if (!(await stage.permit({ toolCallId, title, kind: "edit", content, locations: [{ path }] }))) return "rejected";
    await stage.update({ sessionUpdate: "tool_call_update", toolCallId, status: "in_progress" });
    await stage.step();
    await writeText(stage, path, newText);
    await stage.update({ sessionUpdate: "tool_call_update", toolCallId, status: "completed", content });
    return "done";
  });
}

/** Runs a command line in a terminal of the client, with leave. Returns its exit code, `null` when it did not run. */
export async function runCommand(stage: Stage, commandLine: string): Promise<number | null> {
  const toolCallId = stage.newCall();
  const title = `\`${commandLine}\``;
  await stage.update({
    sessionUpdate: "tool_call",
    toolCallId,
    title,
    kind: "execute",
    status: "pending",
    rawInput: { command: commandLine },
  });
  let exitCode: number | null = null;
  await finishing(stage, toolCallId, async () => {
    if (stage.capabilities.terminal !== true) throw new Error("this client offers no terminals");
    if (!(await stage.permit({ toolCallId, title, kind: "execute", rawInput: { command: commandLine } }))) {
      return "rejected";
    }
    await using terminal = await stage.client.createTerminal({
      sessionId: stage.conversation.id,
      command: "sh",
      args: ["-c", commandLine],
      cwd: stage.conversation.cwd,
    });
    const content: ToolCallContent[] = [{ type: "terminal", terminalId: terminal.id }];
    await stage.update({ sessionUpdate: "tool_call_update", toolCallId, status: "in_progress", content });
    const exit = await stage.unlessCancelled(terminal.waitForExit());
    exitCode = exit.exitCode ?? null;
    const { output } = await terminal.currentOutput();
    const status = exitCode === 0 ? "completed" : "failed";
    await stage.update({
      sessionUpdate: "tool_call_update",
      toolCallId,
      status,
      content,
      rawOutput: { exitCode, signal: exit.signal ?? null, output },
    });
    return "done";
  });
  return exitCode;
}

/** Sees to it that a tool call ends, whatever happens: rejected, cancelled or broken, it is `failed` and says why. */
async function finishing(stage: Stage, toolCallId: string, work: () => Promise<"done" | "rejected">): Promise<boolean> {
  const fail = (why: string): Promise<void> =>
    stage.report({
      sessionUpdate: "tool_call_update",
      toolCallId,
      status: "failed",
      content: [{ type: "content", content: { type: "text", text: why } }],
    });
  try {
    if ((await work()) === "done") return true;
    await fail("Rejected.");
  } catch (error) {
    if (error instanceof Cancelled) {
      await fail("Cancelled.");
      throw error;
    }
    await fail(error instanceof Error ? error.message : String(error));
  }
  return false;
}

/** Through the client where it offers its files, so that what is open in an editor is seen; `null`: no such file. */
async function readText(stage: Stage, path: string): Promise<string | null> {
  try {
    if (stage.capabilities.fs?.readTextFile !== true) return await readFile(path, "utf8");
    const answer = await stage.client.request(methods.client.fs.readTextFile, {
      sessionId: stage.conversation.id,
      path,
    });
    return answer.content;
  } catch (error) {
    // A client has only an error to say "no such file" with; a file that cannot be read shows itself at the write.
    if (error instanceof RequestError || (error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

async function writeText(stage: Stage, path: string, content: string): Promise<void> {
  if (stage.capabilities.fs?.writeTextFile === true) {
    await stage.client.request(methods.client.fs.writeTextFile, { sessionId: stage.conversation.id, path, content });
  } else {
    await writeFile(path, content);
  }
}
