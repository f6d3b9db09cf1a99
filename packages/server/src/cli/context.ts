import type { ExitCode } from "./exit-codes.ts";
import type { Screen } from "./screen.ts";

export type ServeOptions = {
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** Absolute path of the data directory; made when it is not there. */
  data: string;
  durability: "normal" | "full";
  /** Whether to listen for other machines in plain HTTP. */
  allowPlainHttp?: boolean;
  /** Further host names the server answers to. */
  allowHosts: readonly string[];
};

export type RunningServer = { url: string; token: string; stop(): Promise<void> };
export type StartServer = (options: ServeOptions) => Promise<RunningServer>;

/** What every command has at hand. */
export type Cli = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly screen: Screen;
  readonly startServer: StartServer;
  /** What the program ends with when the command throws nothing. */
  exitCode: ExitCode;
};
