import { DEFAULT_SETTINGS, lines } from "../settings.ts";

/** Pages of `skein help <topic>` that are about no command. */
export const TOPICS: Readonly<Record<string, string>> = {
  "exit-codes": `Exit codes

  0    done; for a turn: the agent ended it by itself (end_turn)
  1    failed: the turn failed, was refused, hit a limit or was cut off; output
       is missing; doctor found a fault; anything unforeseen
  2    the command line is wrong, or what it asks for is not valid
  3    no server could be reached or started
  4    the server does not let you in: wrong or missing token
  5    there is no such thread, agent or request
  6    it conflicts with what was done before, e.g. somebody else answered first
  130  interrupted by Ctrl-C, or the turn was cancelled by anyone
  141  nobody reads the output any more, as after "| head": a turn continues
       where the server runs by itself, and is interrupted where the server runs
       in the command
`,
  settings: `Settings

Limits and times can be set in the file settings.json of the data directory. The
server reads it when it starts, and "skein doctor" says what is set and what is
wrong with it. An example:

  {"limits": {"window": 500}, "keep": {"eventsDays": 30}}

Names say what is meant: Bytes, Units (UTF-16 units of text), Ms (milliseconds),
Days. A value out of its range is refused, with the range. The defaults:

${lines(DEFAULT_SETTINGS)
  .map((line) => `  ${line}`)
  .join("\n")}
`,
  environment: `Environment

  SKEIN_URL, SKEIN_TOKEN  the server to use, e.g. http://127.0.0.1:9099, unless
                          --data is given; else the one on the data directory
  SKEIN_DATA              the data directory, unless --data is given; else
                          $XDG_DATA_HOME/skein or ~/.local/share/skein
  SKEIN_AGENT             the agent of "skein run", unless --agent or --exec is
                          given
  NO_COLOR                no colours, whatever the terminal can do
  SKEIN_DEMO_DELAY_MS     milliseconds between two chunks of the demo agent
  SKEIN_DEMO_STATE        where the demo agent remembers its conversations
`,
};
