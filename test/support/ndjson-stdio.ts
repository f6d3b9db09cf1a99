import { writeSync } from "node:fs";

/** Writes to stdout at once and in order, waiting while the pipe is full. */
export function writeOut(text: string | Uint8Array): void {
  writeAll(1, text);
}

export function writeError(text: string): void {
  writeAll(2, text);
}

function writeAll(descriptor: number, text: string | Uint8Array): void {
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  for (let sent = 0; sent < bytes.length;) {
    try {
      sent += writeSync(descriptor, bytes, sent);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
      Bun.sleepSync(1);
    }
  }
}

export type Message = { [member: string]: unknown } & { id?: number | string | undefined; method?: string };

/** The messages on stdin, one a line, to its end. */
export async function* readMessages(): AsyncGenerator<Message> {
  const decoder = new TextDecoder();
  let held = "";
  for await (const chunk of Bun.stdin.stream()) {
    const lines = (held + decoder.decode(chunk, { stream: true })).split("\n");
    held = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") yield JSON.parse(line) as Message;
  }
}
