import { expect, test } from "bun:test";
import fc from "fast-check";
import { TestClock } from "../testing/test-clock.ts";
import { LinePipe } from "./line-pipe.ts";

type Taken = { lines: string[]; overlong: { start: string; bytes: number }[] };

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const left = [...chunks];
  return new ReadableStream({
    pull(controller) {
      const chunk = left.shift();
      if (chunk) controller.enqueue(chunk);
      else controller.close();
    },
  });
}

async function read(chunks: readonly Uint8Array[], maxLineBytes = 1024): Promise<Taken> {
  const taken: Taken = { lines: [], overlong: [] };
  const pipe = new LinePipe(streamOf(chunks), {
    maxLineBytes,
    clock: new TestClock(),
    line: (text) => void taken.lines.push(text),
    overlong: (start, bytes) => void taken.overlong.push({ start, bytes }),
  });
  await pipe.ended;
  return taken;
}

/** Cuts bytes at these places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...ends].map((start, index) => bytes.subarray(start, ends[index] ?? bytes.length));
}

test("G4: lines come out whole and in order, wherever the chunks are cut", async () => {
  const line = fc.string({ unit: "binary", minLength: 1 }).filter((text) => !text.includes("\n") && text.trim() !== "");
  const lines = fc.array(line, { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(lines, fc.array(fc.nat(), { maxLength: 30 }), fc.boolean(), async (given, places, ended) => {
      const bytes = Buffer.from(given.join("\n") + (ended ? "\n" : ""));
      const said = given.map((text, index) => (index === 0 ? text.replace(/^\uFEFF/, "") : text));
      expect((await read(cut(bytes, places))).lines).toEqual(said);
    }),
  );
});

test.each([[[]], [[1]], [[2, 4]]])(
  "a byte order mark at the start of the stream is no part of its first line: cut at %p",
  async (places) => {
    const bytes = Buffer.from("\uFEFF{}\n\uFEFF{}\n");
    expect((await read(cut(bytes, places), 5)).lines).toEqual(["{}", "\uFEFF{}"]);
  },
);

test("half a byte order mark is what it is, and one alone is no line", async () => {
  expect((await read([Buffer.from([0xef, 0xbb]), Buffer.from("a\n")])).lines).toEqual(["\uFFFDa"]);
  expect((await read([Buffer.from("\uFEFF")])).lines).toEqual([]);
  expect((await read([Buffer.from("\n\uFEFFa\n")])).lines).toEqual(["\uFEFFa"]);
});

test("a line over the bound is skipped to its end and told; the lines around it come", async () => {
  const long = "é".repeat(3000);
  const bytes = Buffer.from(`before\n${long}\nafter\n`);
  const { lines, overlong } = await read(cut(bytes, [5, 900, 1800, 2700]), 1000);
  expect(lines).toEqual(["before", "after"]);
  expect(overlong).toHaveLength(1);
  expect(overlong[0]?.bytes).toBe(6000);
  expect(long.startsWith(overlong[0]?.start.slice(0, 400) ?? "none")).toBe(true);
});

test("the bound counts bytes, without the newline", async () => {
  const { lines, overlong } = await read([Buffer.from(`${"x".repeat(10)}\n${"x".repeat(11)}\néééééé\nééééé\n`)], 10);
  expect(lines).toEqual(["x".repeat(10), "ééééé"]);
  expect(overlong.map(({ bytes }) => bytes)).toEqual([11, 12]);
});

test("a line over the bound at the end of the stream is told too", async () => {
  expect((await read([Buffer.from("x".repeat(50))], 10)).overlong).toEqual([{ start: "x".repeat(50), bytes: 50 }]);
});

test("empty lines and carriage returns are no lines", async () => {
  expect((await read([Buffer.from("\n\r\n  \na\n\n")])).lines).toEqual(["a"]);
});

test("G5: nothing more is read while a line is being taken", async () => {
  let pulled = 0;
  const source = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        pulled++;
        controller.enqueue(Buffer.from(`${pulled}\n`));
      },
    },
    { highWaterMark: 0 },
  );
  const gates: (() => void)[] = [];
  const lines: string[] = [];
  const pipe = new LinePipe(source, {
    maxLineBytes: 100,
    clock: new TestClock(),
    line(text) {
      lines.push(text);
      return new Promise((resolve) => gates.push(resolve));
    },
    overlong: () => {},
  });
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  for (let round = 0; round < 5; round++) await turn();
  expect({ pulled, lines }).toEqual({ pulled: 1, lines: ["1"] });
  gates.shift()?.();
  for (let round = 0; round < 5; round++) await turn();
  expect({ pulled, lines }).toEqual({ pulled: 2, lines: ["1", "2"] });
  pipe.endWhenSilent(0);
  gates.shift()?.();
});

test("a stream that is held open ends once it has been silent", async () => {
  const clock = new TestClock();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const source = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) });
  const lines: string[] = [];
  const pipe = new LinePipe(source, {
    maxLineBytes: 100,
    clock,
    line: (text) => void lines.push(text),
    overlong: () => {},
  });
  pipe.endWhenSilent(1000);
  await clock.advance(900);
  controller?.enqueue(Buffer.from("one\ntwo"));
  while (lines.length === 0) await Promise.resolve();
  await clock.advance(900);
  expect(lines).toEqual(["one"]);
  await clock.advance(100);
  await pipe.ended;
  expect(lines).toEqual(["one", "two"]);
});

test("taking a line that fails ends the reading and is told", async () => {
  const pipe = new LinePipe(streamOf([Buffer.from("a\nb\n")]), {
    maxLineBytes: 100,
    clock: new TestClock(),
    line: (text) => {
      throw new Error(`no ${text}`);
    },
    overlong: () => {},
  });
  await expect(pipe.ended).rejects.toThrow("no a");
});

test("G5: a line over the bound is not held, however long it is", async () => {
  const chunkBytes = 1024 * 1024;
  let left = 256;
  const source = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (left % 32 === 0) Bun.gc(true);
      if (left-- > 0) controller.enqueue(new Uint8Array(chunkBytes).fill(0x78));
      else controller.close();
    },
  });
  const before = process.memoryUsage.rss();
  const overlong: number[] = [];
  await new LinePipe(source, {
    maxLineBytes: chunkBytes,
    clock: new TestClock(),
    line: () => {},
    overlong: (start, bytes) => void overlong.push(start.length, bytes),
  }).ended;
  expect(overlong).toEqual([4096, 256 * chunkBytes]);
  expect(process.memoryUsage.rss() - before).toBeLessThan(160 * chunkBytes);
});
