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
  /** Origins of other sites whose pages may use the server, as `https://app.example`. */
  allowOrigins?: readonly string[];
  /** Whether the server runs in a command, for as long as that takes. */
  inCommand?: boolean;
};

export type RunningServer = {
  /** Its address for this machine. */
  url: string;
  token: string;
  /** Base addresses by which other devices may reach it; empty when it listens for this machine only. */
  addresses: readonly string[];
  /** A link below a base address that signs one browser in, within `pairingMs` milliseconds. */
  pairingLink(base: string): string;
  readonly pairingMs: number;
  /** Resolves once no client is connected and no thread is at work, or at the signal. */
  unused(signal: AbortSignal): Promise<void>;
  /** Resolves when it cannot go on, with the reason: it is to be stopped then. */
  readonly failed: Promise<Error>;
  stop(): Promise<void>;
};
export type StartServer = (options: ServeOptions) => Promise<RunningServer>;

/** What every command has at hand. */
export type Cli = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly screen: Screen;
  readonly startServer: StartServer;
  /** Aborted, with an `OutputError`, once stdout takes nothing any more. */
  readonly output: AbortSignal;
  /** What the program ends with when the command throws nothing. */
  exitCode: ExitCode;
};
