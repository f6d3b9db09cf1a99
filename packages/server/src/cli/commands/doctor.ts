import { Command } from "commander";
import { checkAll } from "../checks.ts";
import type { Cli } from "../context.ts";
import { dataDirectory, remoteUrl } from "../data-directory.ts";
import { EXIT } from "../exit-codes.ts";
import { table } from "../text.ts";

export function command(cli: Cli): Command {
  return new Command()
    .description("Checks that everything is in order, and says what to do where it is not. Changes nothing.")
    .option("--data <dir>", "the data directory (see: skein help environment)")
    .option("--json", "print the findings as a JSON array of {check, status, says, remedy}")
    .addHelpText("after", "\nExample:\n  skein doctor\n\nExits 1 when something is at fault; warnings do not count.\n")
    .action(async (flags: { data?: string; json?: boolean }) => {
      const findings = await checkAll(cli.env, dataDirectory(cli.env, flags.data), remoteUrl(cli.env, flags.data));
      if (flags.json) cli.screen.json(findings);
      else {
        const rows = findings.flatMap(({ check, status, says, remedy }) => [
          [status, check, says],
          ...(remedy === undefined ? [] : [["", "", `→ ${remedy}`]]),
        ]);
        cli.screen.out(table(rows));
      }
      cli.exitCode = findings.some(({ status }) => status === "fault") ? EXIT.failed : EXIT.ok;
    });
}
