/** What one section of the benchmarks found. */
export type Section = {
  title: string;
  /** What a reader has to know to read the rows. */
  about: string;
  rows: Record<string, string | number>[];
  /** Held or missed, said plainly. */
  goals: { goal: string; measured: string; met: boolean }[];
};

export type SectionOptions = {
  /** Shorter, for a look while working; the numbers to quote come from a whole run. */
  quick: boolean;
  /** Directory of another checkout, measured beside this one where a section can. */
  against?: string;
  log: (line: string) => void;
};

/** A Markdown table, its columns padded so that it reads as text too. */
export function table(rows: readonly Record<string, string | number>[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = rows.map((row) => columns.map((column) => String(row[column] ?? "")));
  const widths = columns.map((column, i) => Math.max(column.length, ...cells.map((cell) => cell[i]?.length ?? 0)));
  const line = (values: readonly string[]) => `| ${values.map((v, i) => v.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  return [line(columns), line(widths.map((width) => "-".repeat(width))), ...cells.map(line)].join("\n");
}
