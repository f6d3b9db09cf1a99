import { fileURLToPath } from "node:url";
import type { AgentEntity } from "@skein/client";
import { Catalogue } from "../agents/catalogue.ts";
import { systemClock } from "../clock.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));

/**
 * The agents that a server on a data directory would know.
 * @throws SkeinError `invalid` when its `agents.json` is.
 */
export const localAgents = (data: string): Promise<AgentEntity[]> =>
  new Catalogue({ data, self: [process.execPath, MAIN], clock: systemClock }).entities();
