import { scriptedAgent, type Step } from "../../../../test/support/scripted-agent.ts";

/** What a day with an agent looks like, in three turns: for pictures, and for checks that need every kind of item. */
export function showcaseAgent(): { command: string; args: string[] } {
  return scriptedAgent({
    session: {
      modes: {
        currentModeId: "ask",
        availableModes: [
          { id: "ask", name: "Ask first", description: "Asks before it changes or runs anything" },
          { id: "auto", name: "Accept edits", description: "Edits without asking, asks before it runs anything" },
        ],
      },
      configOptions: [
        {
          id: "model",
          name: "Model",
          category: "model",
          type: "select",
          currentValue: "large",
          options: [
            { value: "large", name: "Large 4", description: "The most able" },
            { value: "small", name: "Small 4", description: "Fast, for small tasks" },
          ],
        },
      ],
    },
    prompts: [EXPLORE, CHANGE, TALK],
  });
}

const CONNECTION = "/srv/project/packages/client/src/connection";

let calls = 0;
type Call = { title: string; kind: string; locations?: { path: string; line?: number }[]; rawInput?: unknown };

/** A tool call that begins and ends, `ms` later. */
function call(begin: Call, end: Record<string, unknown>, ms = 5): Step[] {
  const toolCallId = `call-${++calls}`;
  return [
    { update: { sessionUpdate: "tool_call", toolCallId, status: "in_progress", ...begin } },
    { wait: ms },
    { update: { sessionUpdate: "tool_call_update", toolCallId, status: "completed", ...end } },
  ];
}

const text = (said: string) => [{ type: "content", content: { type: "text", text: said } }];

const EXPLORE: Step[] = [
  { thought: "The retry loop is somewhere in the client. First I look for where the delay is computed.\n\n" },
  { wait: 1100 },
  { thought: "Then I check whether there is a test for it." },
  {
    update: {
      sessionUpdate: "plan",
      entries: [
        { content: "Find where the delay is computed", priority: "high", status: "completed" },
        { content: "Add jitter, and reset after ten stable seconds", priority: "high", status: "in_progress" },
        { content: "Cover it with a test on a fake clock", priority: "medium", status: "pending" },
        { content: "Run the tests", priority: "medium", status: "pending" },
      ],
    },
  },
  ...call(
    { title: "Search for backoff", kind: "search", rawInput: { pattern: "backoff|retryAfter", path: "src" } },
    {
      content: text("src/connection/backoff.ts:12\nsrc/connection/connection.ts:88\nsrc/connection/connection.ts:131"),
    },
  ),
  ...call(
    {
      title: "Read file",
      kind: "read",
      locations: [{ path: `${CONNECTION}/backoff.ts` }],
    },
    { content: text("export const backoff = (attempt: number) => 1000 * 2 ** attempt;\n") },
    620,
  ),
  ...call(
    {
      title: "Read file",
      kind: "read",
      locations: [
        {
          path: "/srv/project/packages/client/src/connection/a-directory-with-a-rather-long-name/connection.ts",
          line: 88,
        },
      ],
    },
    { content: text("const wait = backoff(this.attempt);\n") },
  ),
  ...call(
    {
      title: "Fetch the AWS article on jitter",
      kind: "fetch",
      rawInput: { url: "https://example.org/backoff-and-jitter" },
    },
    { status: "failed", content: text("The address could not be resolved.") },
    1300,
  ),
  {
    text: [
      "The delay doubles without a bound and without **jitter**, so every client comes back at the same moment after a",
      "restart. Two changes mend that:\n\n1. full jitter: a random wait between zero and the bound;",
      "\n2. the attempts start over only after ten stable seconds.\n",
    ].join(" "),
  },
];

const BEFORE = `/** How long to wait before the next try, in milliseconds. */
export function backoff(attempt: number): number {
  return 1000 * 2 ** attempt;
}

export const STABLE_MS = 1000;
`;
const AFTER = `const BASE_MS = 500;
const MAX_MS = 30_000;

/** How long to wait before the next try, in milliseconds: "full jitter", at most 30 s. */
export function backoff(attempt: number, random: number): number {
  return random * Math.min(MAX_MS, BASE_MS * 2 ** attempt);
}

export const STABLE_MS = 10_000;
`;

const TEST = `import { expect, test } from "bun:test";
import { backoff, STABLE_MS } from "./backoff.ts";

test("waits at most 30 s", () => {
  for (let attempt = 0; attempt < 40; attempt++) expect(backoff(attempt, 1)).toBeLessThanOrEqual(30_000);
});

test("starts over after ten stable seconds", () => {
  expect(STABLE_MS).toBe(10_000);
});
`;

const OUTPUT = [
  "\u001b[1mbun test\u001b[0m v1.4.5",
  "",
  "src/connection/backoff.test.ts:",
  "\u001b[32m✓\u001b[0m waits at most 30 s \u001b[2m[0.41ms]\u001b[0m",
  "\u001b[32m✓\u001b[0m spreads tries over the whole span \u001b[2m[2.10ms]\u001b[0m",
  "\u001b[31m✗\u001b[0m starts over after ten stable seconds \u001b[2m[1.73ms]\u001b[0m",
  "  \u001b[31merror\u001b[0m: expect(received).toBe(expected)",
  "  \u001b[32mExpected: 0\u001b[0m",
  "  \u001b[31mReceived: 3\u001b[0m",
  "",
  " 2 pass",
  "\u001b[31m 1 fail\u001b[0m",
].join("\n");

const CHANGE: Step[] = [
  { text: "I change `backoff.ts` and run its tests.\n" },
  ...call(
    {
      title: "Edit backoff.ts",
      kind: "edit",
      locations: [{ path: `${CONNECTION}/backoff.ts` }],
      rawInput: { path: "backoff.ts" },
    },
    {
      content: [
        {
          type: "diff",
          path: `${CONNECTION}/backoff.ts`,
          oldText: BEFORE,
          newText: AFTER,
        },
      ],
    },
  ),
  ...call(
    { title: "Write backoff.test.ts", kind: "edit", rawInput: { path: "backoff.test.ts" } },
    { content: [{ type: "diff", path: `${CONNECTION}/backoff.test.ts`, oldText: null, newText: TEST }] },
  ),
  ...call(
    { title: "Delete old-backoff.ts", kind: "delete", rawInput: { path: "old-backoff.ts" } },
    {
      content: [
        {
          type: "diff",
          path: `${CONNECTION}/old-backoff.ts`,
          oldText: "export { backoff as oldBackoff } from './backoff.ts';\n",
          newText: "",
        },
      ],
    },
  ),
  ...call(
    {
      title: "`bun test src/connection/backoff.test.ts`",
      kind: "execute",
      rawInput: { command: "bun test src/connection/backoff.test.ts" },
    },
    { status: "failed", content: text(OUTPUT), rawOutput: { exitCode: 1 } },
    900,
  ),
  {
    text: [
      "One test fails: the counter is not reset. What there is now:\n",
      "\n| attempt | before | after, at most |\n| ---: | ---: | ---: |\n| 0 | 1 s | 0.5 s |\n| 4 | 16 s | 8 s |\n| 10 | 17 min | 30 s |\n",
      "\n```ts\n// connection.ts, where a connection is found to be stable\nif (clock.now() - openedAt >= STABLE_MS) {\n  this.attempt = 0; // a storm must not begin over because of one good second\n}\n```\n",
      "\n> The same rule stands in the design: *reset after 10 s of stability*.\n",
      "\nSee [Exponential backoff and jitter](https://example.org/backoff) for why full jitter wins.\n\n- [x] jitter\n- [ ] reset\n",
    ].join(""),
  },
];

const TALK: Step[] = [
  { thought: "They want to know what is left." },
  { text: "What is left is the reset. Shall I do that as well, and run all tests?\n" },
];
