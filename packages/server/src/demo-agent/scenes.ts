import { methods, type StopReason } from "@agentclientprotocol/sdk";
import { failure, type Stage } from "./stage.ts";
import { DEMO_FILE, editFile, runCommand } from "./tools.ts";

type Scene = {
  name: string;
  description: string;
  /** What may follow the name. */
  hint?: string;
  play(stage: Stage, rest: string): Promise<StopReason>;
};

/** Every scene is also a slash command. */
export const SCENES: readonly Scene[] = [
  { name: "tour", description: "All of it: think, plan, edit a file, run a command, explain", play: tour },
  { name: "edit", description: `Add a line to ${DEMO_FILE}, with your leave`, hint: "the line to add", play: edit },
  { name: "run", description: "Run a command in a terminal, with your leave", hint: "a command", play: run },
  { name: "plan", description: "Make a plan and work through it", play: plan },
  { name: "ask", description: "Ask you something with a form", play: ask },
  { name: "image", description: "Show a small picture", play: image },
  { name: "long", description: "A long answer, one chunk a line", hint: "number of chunks", play: long },
  { name: "recall", description: "What you said before, also before a restart", play: recall },
  { name: "refuse", description: "End the turn with a refusal", play: refuse },
  { name: "fail", description: "End the turn with an error", play: fail },
  { name: "crash", description: "End the agent's process in the middle of a sentence", play: crash },
];

const TRY = [
  "",
  "Try:",
  "",
  "- `tour`: all I can do, in one turn",
  "- `edit a line of text`: I change a file, and ask you first",
  "- `run`: I list the directory in a terminal; `/run CMD` runs what you give",
  "- `/plan`, `/ask`, `/image`, `/long 500`, `/recall`, `/fail`, `/refuse`, `/crash`",
  "",
].join("\n");

/** Chooses by the prompt's first word: a scene's name, with or without a slash; else an answer to anything. */
export async function play(stage: Stage): Promise<StopReason> {
  const match = /^\s*(\/?)([a-z]+)\b[\s:,.!]*([\s\S]*)$/i.exec(stage.prompt);
  const scene = SCENES.find(({ name }) => name === match?.[2]?.toLowerCase());
  if (!scene || !match) return hello(stage);
  // Only a command says what to run: in "run the tests, please" the rest is no command line.
  const rest = scene.name === "run" && match[1] === "" ? "" : (match[3] ?? "").trim();
  return scene.play(stage, rest);
}

async function hello(stage: Stage): Promise<StopReason> {
  const steps = ["Read what you wrote", "Answer"];
  await stage.plan(steps, 0);
  await stage.think("A demo has no model to ask. I shall greet, and say what can be tried.");
  await stage.plan(steps, 1);
  const words = stage.prompt.trim().replaceAll(/\s+/g, " ");
  const quote = words.length > 60 ? `${words.slice(0, 60).replace(/[\uD800-\uDBFF]$/u, "")}…` : words;
  await stage.say(
    `Hello! I am Skein's **demo agent**: no model, no account, only a script. You said: “${quote}”.\n${stage.brief ? "" : TRY}`,
  );
  await stage.plan(steps, 2);
  return "end_turn";
}

async function tour(stage: Stage): Promise<StopReason> {
  const steps = ["Think", `Edit ${DEMO_FILE}`, "List the directory", "Explain"];
  await stage.plan(steps, 0);
  await stage.think(
    "This is a demo: every step is scripted, but the file and the command are real.\n\nFirst the file.",
  );
  await stage.plan(steps, 1);
  await stage.say(`I am the demo agent. First I add a line to \`${DEMO_FILE}\`.\n`);
  const edited = await editFile(stage, "The tour was here.");
  await stage.plan(steps, 2);
  await stage.say(edited ? "Done. Now I list the directory.\n" : "Not done, then. Now I list the directory.\n");
  const exitCode = await runCommand(stage, "ls -la");
  await stage.plan(steps, 3);
  await stage.say(
    [
      "# What you just saw",
      "",
      "| step | result |",
      "| --- | --- |",
      `| edit \`${DEMO_FILE}\` | ${edited ? "done ✓" : "not done"} |`,
      `| run \`ls -la\` | ${exitCode === null ? "not run" : `exit code ${exitCode}`} |`,
      "",
      "Code looks like this:",
      "",
      "```ts",
      'const skein = ["many", "threads"].join(" ");',
      "console.log(`${skein}, wound as one 🧶`);",
      "```",
      "",
      "1. Reload this page, or kill the server: nothing is lost.",
      "2. Open it on a second device: it is *live* there too.",
      "",
    ].join("\n"),
  );
  await stage.plan(steps, 4);
  return "end_turn";
}

async function edit(stage: Stage, line: string): Promise<StopReason> {
  await stage.think("I shall add one line at the end of the demo's file.");
  const done = await editFile(stage, line.replaceAll(/\s+/g, " ") || "A line from the demo agent.");
  await stage.say(done ? `Demo: I added a line to \`${DEMO_FILE}\`.\n` : `Demo: \`${DEMO_FILE}\` is as it was.\n`);
  return "end_turn";
}

async function run(stage: Stage, command: string): Promise<StopReason> {
  const exitCode = await runCommand(stage, command || "ls");
  await stage.say(exitCode === null ? "Demo: nothing was run.\n" : `Demo: it ended with exit code ${exitCode}.\n`);
  return "end_turn";
}

async function plan(stage: Stage): Promise<StopReason> {
  const steps = ["Look around", "Weigh the ways", "Take the simplest", "Check the result"];
  for (let done = 0; done <= steps.length; done++) await stage.plan(steps, done);
  await stage.say("Demo: every step of the plan is done.\n");
  return "end_turn";
}

async function ask(stage: Stage): Promise<StopReason> {
  if (!stage.capabilities.elicitation?.form) {
    await stage.say("Demo: this client cannot show a form.\n");
    return "end_turn";
  }
  const answer = await stage.unlessCancelled(
    stage.client.request(methods.client.elicitation.create, {
      sessionId: stage.conversation.id,
      mode: "form",
      message: "The demo agent would like to know you better.",
      requestedSchema: {
        type: "object",
        properties: {
          name: { type: "string", title: "Your name", minLength: 1 },
          colour: { type: "string", title: "A colour", enum: ["red", "green", "blue"], default: "green" },
          again: { type: "boolean", title: "Ask again some day?", default: false },
        },
        required: ["name"],
      },
    }),
  );
  const content = "content" in answer ? JSON.stringify(answer.content) : "";
  await stage.say(answer.action === "accept" ? `Demo: you answered \`${content}\`.\n` : "Demo: you did not answer.\n");
  return "end_turn";
}

/** A red dot: PNG, 5 by 5 pixels. */
const PICTURE =
  "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==";

async function image(stage: Stage): Promise<StopReason> {
  await stage.say("Demo: a red dot.\n");
  await stage.show({ type: "image", data: PICTURE, mimeType: "image/png" });
  return "end_turn";
}

/** Chunks `/long` sends at most. */
const LONGEST = 1_000_000;

async function long(stage: Stage, count: string): Promise<StopReason> {
  const chunks = Math.min(Number.parseInt(count, 10) || 100, LONGEST);
  for (let chunk = 1; chunk <= chunks; chunk++) {
    await stage.sayAtOnce(`Demo line ${chunk} of ${chunks}: the quick brown fox jumps over the lazy dog ✓\n`);
  }
  return "end_turn";
}

async function recall(stage: Stage): Promise<StopReason> {
  const { exchanges } = stage.conversation;
  const list = exchanges.map(({ prompt }, index) => `${index + 1}. ${prompt.replaceAll(/\s+/g, " ").slice(0, 200)}\n`);
  await stage.say(list.length > 0 ? `Demo: you said before:\n\n${list.join("")}` : "Demo: you said nothing before.\n");
  return "end_turn";
}

async function refuse(stage: Stage): Promise<StopReason> {
  await stage.say("Demo: I refuse, as you asked.\n");
  return "refusal";
}

async function fail(stage: Stage): Promise<StopReason> {
  await stage.say("Demo: this turn is about to fail, as you asked.\n");
  throw failure("Demo failure, as you asked");
}

async function crash(stage: Stage): Promise<StopReason> {
  await stage.say("Demo: my process ends before this sentence");
  process.kill(process.pid, "SIGKILL");
  return "end_turn";
}
