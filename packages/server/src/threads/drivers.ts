import type { AgentOffers } from "@skein/client/protocol";
import type { Wanted } from "../agents/catalogue.ts";
import type { Driver } from "../agents/driver.ts";

/** What it takes to start an agent. */
export type Launch = {
  driver: Driver;
  command: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
};

/** Where a thread's agent is found, by the name the server knows it by, or as the program a person gave. */
export interface Drivers {
  /** @throws SkeinError `not_found` for a name that is not known; `agent` for a program that is not installed. */
  find(wanted: Wanted): Promise<Launch>;
  /** Told what an agent that the server knows offered when a conversation with it was begun. */
  offered(agent: string, offers: AgentOffers): void;
  /** Told the commands of such an agent, each time it tells them. */
  toldCommands(agent: string, commands: AgentOffers["commands"]): void;
}
