import { expect, test } from "bun:test";
import { fileEdit, textOfEdit, type FileEdit } from "./file-edits.ts";
import { toolContent } from "./thread.ts";

const blobs = new Map([
  ["old", "one\n"],
  ["new", "two\n"],
  ["json", JSON.stringify({ type: "diff", path: "/a.ts", oldText: null, newText: "two\n" })],
]);
const load = async (blob: string): Promise<string> => blobs.get(blob) ?? Promise.reject(new Error("none"));
const texts = ({ before, after }: FileEdit) => Promise.all([textOfEdit(before, load), textOfEdit(after, load)]);
const read = (value: unknown) => fileEdit(toolContent.parse(value));

test("P58: an edit is read wherever its texts are: in place, each in a blob, or both in one as earlier servers kept them", async () => {
  const inPlace = read({ type: "diff", path: "/a.ts", newText: "two\n" });
  expect(inPlace).toEqual({ path: "/a.ts", before: null, after: "two\n" });

  const kept = read({
    type: "blob",
    blob: "new",
    bytes: 4,
    diff: { path: "/a.ts", old: { blob: "old", bytes: 4 }, added: 1, removed: 1 },
  });
  expect(kept).toMatchObject({ path: "/a.ts", counts: { added: 1, removed: 1 } });
  expect(kept && (await texts(kept))).toEqual(["one\n", "two\n"]);

  const earlier = read({ type: "blob", blob: "json", bytes: 64, mimeType: "application/json", path: "/a.ts" });
  expect(earlier?.path).toBe("/a.ts");
  expect(earlier && (await texts(earlier))).toEqual([null, "two\n"]);
});

test("P58: what is no edit of a file is none", () => {
  expect(read({ type: "blob", blob: "new", bytes: 4, mimeType: "text/plain" })).toBeUndefined();
  expect(read({ type: "terminal", terminal: "x1" })).toBeUndefined();
});
