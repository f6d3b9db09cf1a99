import { afterAll, expect, test } from "bun:test";
import { startModelServer } from "./model-server.ts";
import { saidBy } from "./model-server/scripts.ts";

const server = startModelServer(() => "/project");
afterAll(async () => server.stop());

async function post(path: string, body: unknown): Promise<string> {
  const response = await fetch(`${server.url}${path}`, { method: "POST", body: JSON.stringify(body) });
  return response.text();
}

// oxlint-disable-next-line typescript/no-explicit-any -- looked at as they come
type Loose = any;

const data = (stream: string): Loose[] => [...stream.matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json!));

test("Anthropic Messages: streams text and a tool call by the agent's own names, then goes on after its result", async () => {
  const tools = [{ name: "Write", input_schema: { properties: { file_path: {}, content: {} } } }];
  const messages: object[] = [{ role: "user", content: [{ type: "text", text: "please DEMO:write" }] }];
  const first = data(await post("/v1/messages", { stream: true, model: "m", tools, messages }));
  expect(first[0].type).toBe("message_start");
  const text = first.map((event) => event.delta?.text ?? "").join("");
  const args = first.map((event) => event.delta?.partial_json ?? "").join("");
  expect(JSON.parse(args).file_path).toBe("/project/hello.txt");
  expect(first.at(-2).delta.stop_reason).toBe("tool_use");

  messages.push({ role: "assistant", content: [] }, { role: "user", content: [{ type: "tool_result" }] });
  const second = data(await post("/v1/messages", { stream: true, tools, messages }));
  expect(text + second.map((event) => event.delta?.text ?? "").join("")).toBe(saidBy("write"));
  expect(second.at(-2).delta.stop_reason).toBe("end_turn");
  expect(JSON.parse(await post("/v1/messages/count_tokens", {}))).toEqual({ input_tokens: 1200 });
});

test("Gemini: streams text and a function call, then goes on after its response", async () => {
  const parameters = { properties: { command: {}, description: {} } };
  const tools = [{ functionDeclarations: [{ name: "run_shell_command", parametersJsonSchema: parameters }] }];
  const contents: object[] = [{ role: "user", parts: [{ text: "DEMO:bash" }] }];
  const path = "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse";
  const parts = (stream: string): Loose[] => data(stream).flatMap(({ candidates }) => candidates[0].content.parts);
  const first = parts(await post(path, { tools, contents }));
  expect(first.find(({ functionCall }) => functionCall).functionCall.args).toEqual({
    command: "ls -1 . && echo listed",
    description: "Run a command",
  });
  contents.push({ role: "model", parts: [] }, { role: "user", parts: [{ functionResponse: {} }] });
  const second = parts(await post(path, { tools, contents }));
  expect([...first, ...second].map(({ text }) => text ?? "").join("")).toBe(saidBy("bash"));
});

test("the last prompt that names a script counts; without tools it is a side request", async () => {
  const tools = [{ name: "Bash", input_schema: {} }];
  const messages = [
    { role: "user", content: "DEMO:slow" },
    { role: "user", content: "DEMO:hello" },
  ];
  expect(await post("/v1/messages", { tools, messages })).toContain("Hello from the scripted model");
  expect(server.asked.at(-1)).toEqual(["DEMO:slow", "DEMO:hello"]);
  expect(await post("/v1/messages", { messages })).toContain("A scripted conversation");
});
