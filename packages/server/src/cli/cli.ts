import { SkeinError } from "@skein/client";
import { Command, CommanderError } from "commander";
import { VERSION } from "../version.ts";
import type { Cli, StartServer } from "./context.ts";
import { EXIT, exitCodeOf, InterruptedError, OutputError, type ExitCode } from "./exit-codes.ts";
import { TOPICS } from "./help-topics.ts";
import { Screen } from "./screen.ts";

type Entry = { summary: string; load: () => Promise<{ command: (cli: Cli) => Command }> };

/** A command's file is loaded only when it is asked for, so that each starts as fast as it can. */
const COMMANDS: Readonly<Record<string, Entry>> = {
  serve: { summary: "start the server", load: () => import("./commands/serve.ts") },
  pair: { summary: "print a sign-in link for a browser", load: () => import("./commands/pair.ts") },
  run: { summary: "start a thread with a prompt and stream the answer", load: () => import("./commands/run.ts") },
  threads: { summary: "list threads", load: () => import("./commands/threads.ts") },
  tail: { summary: "follow a thread", load: () => import("./commands/tail.ts") },
  send: { summary: "send a prompt to a thread", load: () => import("./commands/send.ts") },
  cancel: { summary: "stop what runs in a thread", load: () => import("./commands/cancel.ts") },
  answer: { summary: "answer what an agent asks", load: () => import("./commands/answer.ts") },
  export: { summary: "print a whole thread", load: () => import("./commands/export.ts") },
  agents: { summary: "list the agents found here", load: () => import("./commands/agents.ts") },
  doctor: {
    summary: "check that everything is in order, and say what to do",
    load: () => import("./commands/doctor.ts"),
  },
  "demo-agent": { summary: "be the demo agent (ACP on stdio)", load: () => import("./commands/demo-agent.ts") },
};

/** Runs the command line and ends the process with a code from `EXIT`. */
export async function runCli(argv: readonly string[], parts: { startServer: StartServer }): Promise<never> {
  const screen = new Screen(process.stdout, process.stderr, process.env);
  const output = new AbortController();
  process.stdout.on("error", (error) => output.abort(new OutputError(error)));
  const { startServer } = parts;
  const cli: Cli = { env: process.env, screen, startServer, output: output.signal, exitCode: EXIT.ok };
  const code = await execute(argv, cli);
  await screen.flushed();
  process.exit(code);
}

async function execute(argv: readonly string[], cli: Cli): Promise<ExitCode> {
  try {
    const program = await makeProgram(argv, cli);
    await program.parseAsync([...argv], { from: "user" });
    await cli.screen.flushed();
    if (cli.exitCode === EXIT.ok) cli.output.throwIfAborted();
    return cli.exitCode;
  } catch (error) {
    // As of any program that SIGPIPE ends, nothing is said of it.
    if (error instanceof OutputError && error.unread) return EXIT.unread;
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    cli.screen.endLine();
    if (error instanceof InterruptedError) return EXIT.interrupted;
    cli.screen.warn(`skein: ${faultText(error)}`);
    if (cli.env["SKEIN_DEBUG"] && error instanceof Error) cli.screen.note(error.stack ?? "");
    return exitCodeOf(error);
  }
}

/** What a person is told of a fault. Here one names threads, and knows no topics. */
function faultText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof SkeinError) || error.kind !== "not_found" || !THREAD_PATHS.has(error.path)) return message;
  return `${message.replace("topic thread:", "thread ")} "skein threads" lists the threads there are.`;
}

/** Where in a request a thread stands. */
const THREAD_PATHS: ReadonlySet<string | undefined> = new Set(["params.topic", "params.thread"]);

async function makeProgram(argv: readonly string[], cli: Cli): Promise<Command> {
  const asked = argv[0] === "help" ? argv[1] : argv[0];
  const program = new Command("skein");
  const write = (text: string): void => cli.screen.out(text);
  const inherit = (command: Command): Command =>
    command
      .exitOverride()
      .showHelpAfterError(`Try "skein help${command.name() === "skein" ? "" : ` ${command.name()}`}".`)
      .configureOutput({ writeOut: write, writeErr: (text) => cli.screen.warn(text.trimEnd()) });
  inherit(program)
    .description("Runs coding agents on your machine and lets every device watch and steer the same conversations.")
    .version(VERSION, "-V, --version", "print the version")
    .usage("<command> [options]")
    .helpCommand(false)
    .addHelpText(
      "after",
      `
Examples:
  skein serve                            start the server; then, elsewhere:
  skein run --agent demo "hello"         ask the demo agent, which needs no account
  skein threads                          see what there is
  skein help run                         more about a command
  skein help ${Object.keys(TOPICS).join(" | ")}
`,
    );
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    const command = name === asked ? (await load()).command(cli) : new Command(name);
    program.addCommand(inherit(command.name(name).summary(summary)));
  }
  program.addCommand(inherit(helpCommand(program, cli)));
  if (argv.length === 0) program.action(() => program.help({ error: true }));
  return program;
}

function helpCommand(program: Command, cli: Cli): Command {
  return new Command("help")
    .summary("explain a command, or a topic")
    .argument("[topic]", `a command, or: ${Object.keys(TOPICS).join(", ")}`)
    .action((topic: string | undefined) => {
      const page = topic === undefined ? undefined : TOPICS[topic];
      const command = program.commands.find((candidate) => candidate.name() === topic);
      if (page !== undefined) cli.screen.out(page);
      else if (topic === undefined) cli.screen.out(program.helpInformation());
      else if (command) command.outputHelp();
      else program.error(`error: there is no help about '${topic}'`);
    });
}
